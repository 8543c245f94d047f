/// Every bound of Pawl, with its unit and its source.
package enum Limits {
    /// OCI distribution-spec, "Pulling manifests": a tag has at most 128 characters.
    package static let tagCharactersMax = 128
    /// distribution/reference: a repository's path has at most 255 characters.
    package static let repositoryPathCharactersMax = 255
    /// OCI distribution-spec, "Pushing manifests": registries should take 4 MiB; a larger manifest
    /// could not be put under another tag everywhere.
    package static let manifestBytesMax = 4 * 1024 * 1024
    /// Own choice: an image's config holds labels and history; the largest seen are some 100 kB.
    package static let configBytesMax = 8 * 1024 * 1024
    /// Own choice: platforms of one index. A hostile index must not cost unbounded requests.
    package static let indexPlatformsMax = 64
    /// Own choice: a token answer is a few kB.
    package static let tokenBytesMax = 64 * 1024
    /// Own choice: one credential helper's answer. Those of clouds ask over the network first.
    package static let helperTimeout = Duration.seconds(30)
    /// Own choice: what a credential helper may print, on each of its two streams.
    package static let helperOutputBytesMax = 64 * 1024
    /// Own choice: enough for the longest error body that says something.
    package static let errorBytesMax = 64 * 1024
    /// Own choice: a compare with 250 commits and 300 patches stays below this.
    package static let hostAnswerBytesMax = 32 * 1024 * 1024
    /// GitHub, "Webhook events and payloads": payloads are capped at 25 MB.
    package static let eventBytesMax = 25 * 1024 * 1024
    /// PRODUCT: `pawl.yaml` has at most 256 KiB.
    package static let policyBytesMax = 256 * 1024
    /// Own choice: nesting of `pawl.yaml`; its own keys need 5.
    package static let policyDepthMax = 16

    /// Own choice: a workflow file; GitHub refuses to run larger ones long before.
    package static let workflowBytesMax = 1024 * 1024
    /// Own choice: nesting of a workflow file. Steps of a job stand 8 deep.
    package static let workflowDepthMax = 64
    /// Own choice: one pattern of a `branches` or `paths` filter.
    package static let filterPatternCharactersMax = 1024
    /// Own choice: patterns of one filter; each is held against every changed file.
    package static let filterPatternsMax = 500
    /// GitHub, "Compare two commits": at most this many files are listed, and no further page.
    package static let comparedFilesMax = 300
    /// Own choice: clocks of committers and of the host run apart by less than this.
    package static let clockSkewMax = Duration.seconds(86400)

    /// GitHub: list calls give at most 100 rows a page.
    package static let hostPageRowsMax = 100
    /// Own choice: pages followed for one question.
    package static let hostPagesMax = 10
    /// Own choice: a look judges at most this many commits that are newer than what is live.
    package static let lookCandidatesMax = 100
    /// Own choice: source tags asked about at once during a look.
    package static let lookProbesAtOnce = 8

    /// PRODUCT rule 4: a source that is missing this soon after its build ended well is read again.
    package static let sourceLagWindow = Duration.seconds(120)
    /// PRODUCT rule 4: for at most this long.
    package static let sourceLagWait = Duration.seconds(30)
    /// Own choice: pause between two such reads; doubled each time.
    package static let sourceLagPause = Duration.seconds(1)

    /// PRODUCT: bound of all waits of one-shot use.
    package static let runTimeout = Duration.seconds(300)
    /// Own choice: one request, from its first byte to the last of its answer.
    package static let requestTimeout = Duration.seconds(30)
    /// Own choice: attempts of one request, the first included.
    package static let attemptsMax = 5
    /// Own choice: first pause between attempts; doubled each time, with full jitter.
    package static let retryPause = Duration.milliseconds(250)
    /// Own choice: longest own pause between attempts.
    package static let retryPauseMax = Duration.seconds(10)
    /// Own choice: a tag that was moved is read back for at most this long. Registries were seen to
    /// show the tag as it was for some seconds.
    package static let readBackWindow = Duration.seconds(30)
    /// Own choice: first pause between two such reads; doubled each time.
    package static let readBackPause = Duration.milliseconds(500)
    /// Own choice: longest pause between two such reads.
    package static let readBackPauseMax = Duration.seconds(5)
    /// Own choice: a server that asks for a longer pause than this is reported instead.
    package static let serverPauseMax = Duration.seconds(60)
    /// GitHub, "Rate limits for the REST API": without a header, wait at least a minute.
    package static let secondaryLimitPause = Duration.seconds(60)
    /// Own choice: a plan is decided again at most this often because a target moved meanwhile.
    package static let decisionsMax = 3

    /// GitHub drops a step summary above 1 MiB whole; half of it is left to others.
    package static let stepSummaryBytesMax = 512 * 1024
    /// Runner: an annotation's message is cut at 4,096 characters.
    package static let annotationCharactersMax = 4096
    /// Own choice: a reason given by a person.
    package static let overrideReasonCharactersMax = 1000

    /// Own choice: sentences of evidence in one entry of a ledger.
    package static let entryEvidenceMax = 40
    /// Own choice: one such sentence.
    package static let entrySentenceCharactersMax = 300
    /// Own choice: one line of a ledger. A group of 100 images with its evidence stays below it.
    package static let entryBytesMax = 256 * 1024
    /// LEDGER, "Classify before following": a strange tag is read again after this long.
    package static let driftPause = Duration.seconds(15)
    /// Own choice: after a move that could not be finished, looks and events leave the channel
    /// alone for this long.
    package static let gaveWayPause = Duration.seconds(600)
    /// Own choice: an append is decided again at most this often because others were faster.
    package static let appendAttemptsMax = 20
    /// GitHub, "Create a workflow dispatch event": a dispatch has at most this many inputs.
    package static let hookInputsMax = 25
    /// Own choice: attempts of telling one webhook, the first included.
    package static let hookAttemptsMax = 4
    /// GitHub, "Best practices for using webhooks": a receiver answers within this time. One
    /// attempt, from its first byte to the head of the answer.
    package static let hookTimeout = Duration.seconds(10)
    /// Own choice: longest first pause between attempts of telling a webhook; doubled each time. A
    /// pause is at least half as long, so that a receiver has the time to start again.
    package static let hookPause = Duration.seconds(2)
    /// Own choice: no attempt of telling a webhook begins later than this after the first one.
    package static let hookWindow = Duration.seconds(30)
    /// Own choice: an answer to a webhook is thrown away; frameworks' error pages stay below this.
    package static let hookAnswerBytesMax = 1024 * 1024
    /// Own choice: how long a run that tells a hook is believed to be at it. One that takes longer
    /// may be joined by another run: the promise is at least once, and the entry's id tells.
    package static let announcingMax = Duration.seconds(10)
    /// Own choice: commits of the strip that a server's page shows for a channel.
    package static let stripCommitsMax = 12
    /// Own choice: entries that a server keeps of each channel for its page.
    package static let historyShownMax = 50
    /// Own choice: commits of one channel whose events a server carries out one by one; a look
    /// stands for older ones.
    package static let commitsWaitingMax = 8
    /// Own choice: deliveries read at once. GitHub's payloads have some 12 kB, at most 25 MB.
    package static let deliveriesPageMax = 32
    /// Own choice: deliveries whose work has not ended; beyond that no more are read.
    package static let deliveriesInHandMax = 4096
    /// Own choice: a server's timekeeper looks at the clock at least so often.
    package static let timekeeperSleepMax = Duration.seconds(60)
    /// Own choice: a step that waits for what may come yet looks so often whether to stop.
    package static let stopGlance = Duration.seconds(1)
    /// Own choice: a wall clock that is put back by more than this changes what is due.
    package static let clockStepMax = Duration.seconds(30)
    /// Own choice: channels on one page of a server's list.
    package static let pageChannelsMax = 100
    /// Own choice: people logged in at once; the one who has been longest goes first.
    package static let sessionsMax = 100
    /// OWASP Session Management Cheat Sheet, "Absolute Timeout": a working day with a margin.
    package static let sessionTime = Duration.seconds(12 * 3600)
    /// Own choice: wrong admin tokens taken within `loginWindow`, by whomever.
    package static let loginFailuresMax = 10
    /// Own choice: how long a wrong admin token counts.
    package static let loginWindow = Duration.seconds(60)
    /// Own choice: one form of a page, encoded.
    package static let formBytesMax = 16 * 1024
    /// Own choice: fields of one form.
    package static let formFieldsMax = 32
    /// Own choice: the name that a person gives when logging in or beside an order.
    package static let personCharactersMax = 100
    /// Own choice: pages that are told of changes at once.
    package static let pageListenersMax = 256
    /// HTML, "Server-sent events", authoring notes: a comment line every 15 seconds or so keeps
    /// proxies from closing the connection.
    package static let heartbeat = Duration.seconds(15)
    /// Own choice: how long a page is told of changes before it has to ask again.
    package static let listeningTime = Duration.seconds(3600)
    /// Own choice: lines of what an order came to that the next page shows.
    package static let noticeLinesMax = 12
    /// Own choice: entries that one question about the past may cost.
    package static let entriesReadMax = 10_000
    /// Own choice: entries read at once.
    package static let entryPageMax = 100
    /// Own choice: bytes of the name of who gives an order, where git tells it.
    package static let actorBytesMax = 256

    /// Own choice: deliveries that wait for the disk; more are told to come again.
    package static let deliveriesQueuedMax = 4096
    /// Own choice: their bytes. One larger delivery is taken when nothing else waits.
    package static let deliveryBytesQueuedMax = 32 * 1024 * 1024
    /// Own choice: deliveries of one write.
    package static let deliveriesWrittenAtOnce = 256
    /// Own choice: their bytes, so that none waits long for the others.
    package static let deliveryBytesWrittenAtOnce = 1024 * 1024
    /// Own choice: bytes in SQLite's log before they are copied into the file.
    package static let deliveryLogBytesMax = 8 * 1024 * 1024
    /// Own choice: finished deliveries dropped in one write.
    package static let deliveriesForgottenAtOnce = 500

    /// Own choice: bytes of requests' bodies in memory at once, over all connections.
    package static let bodyBytesInMemoryMax = 64 * 1024 * 1024
    /// Own choice: a delivery's id is a UUID, an event's name some words.
    package static let deliveryWordCharactersMax = 200
    /// Own choice: the body of a person's order.
    package static let orderBytesMax = 64 * 1024
    /// Own choice: candidates that are explained at once to anybody who asks.
    package static let explainedAtOnce = 4
}
