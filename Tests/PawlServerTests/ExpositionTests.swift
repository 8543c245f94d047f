import PawlCore
import PawlServer
import PawlTesting
import Testing

@Suite("Metrics")
struct ExpositionTests {
    @Test("counters, gauges and histograms in Prometheus' text format, in a stable order")
    func format() {
        let tally = Tally()
        tally.set(2, Metric.behindCommits(["channel": "acme/app/latest"]))
        tally.add(to: Metric.sweeps(["repository": "acme/app", "result": "changed"]))
        tally.add(2, to: Metric.sweeps(["repository": "acme/api", "result": "changed"]))
        tally.add(0.5, to: Tally.Series("other_total"))
        for value in [0.004, 0.1, 0.12, 700] { tally.observe(value, in: Metric.eventToTag()) }
        let text = Exposition(tally).text
        let lines = text.split(separator: "\n").map(String.init)
        #expect(text.hasSuffix("\n"))
        #expect(
            lines.filter { !$0.contains("_bucket") } == [
                "# TYPE other_total counter",
                "other_total 0.5",
                "# HELP pawl_behind_commits Commits from what is live to the newest commit with "
                    + "an image.",
                "# TYPE pawl_behind_commits gauge",
                "pawl_behind_commits{channel=\"acme/app/latest\"} 2",
                "# HELP pawl_event_to_tag_seconds Seconds from an event's arrival to the tags "
                    + "that it moved.",
                "# TYPE pawl_event_to_tag_seconds histogram",
                "pawl_event_to_tag_seconds_sum 700.224",
                "pawl_event_to_tag_seconds_count 4",
                "# HELP pawl_sweeps_total Questions for what changed, by repository and answer.",
                "# TYPE pawl_sweeps_total counter",
                "pawl_sweeps_total{repository=\"acme/api\",result=\"changed\"} 2",
                "pawl_sweeps_total{repository=\"acme/app\",result=\"changed\"} 1",
            ])
        #expect(lines.contains("pawl_event_to_tag_seconds_bucket{le=\"0.005\"} 1"))
        #expect(lines.contains("pawl_event_to_tag_seconds_bucket{le=\"0.1\"} 2"))
        #expect(lines.contains("pawl_event_to_tag_seconds_bucket{le=\"300\"} 3"))
        #expect(lines.contains("pawl_event_to_tag_seconds_bucket{le=\"+Inf\"} 4"))
        #expect(Exposition(tally).text == text)
    }

    @Test("text from outside cannot leave its label or begin a line of its own")
    func escaping() {
        let tally = Tally()
        tally.add(to: Metric.promotions(["channel": "a\"} 1\nforged 2\\"]))
        let text = Exposition(tally).text
        #expect(
            text.hasSuffix("pawl_promotions_total{channel=\"a\\\"} 1\\nforged 2\\\\\"} 1\n"))
        #expect(text.split(separator: "\n").count == 3)
    }

    @Test("every metric is described, and its name tells its kind", arguments: Metric.allCases)
    func described(_ metric: Metric) {
        #expect(metric.rawValue.hasPrefix("pawl_"))
        #expect(metric.rawValue.hasSuffix("_total") == (metric.kind == .counter))
        #expect(metric.help.hasSuffix("."))
    }

    @Test("a server's own numbers: verdicts with reasons, lag, what may go, times of the ledger")
    func ofWork() {
        let world = ServerWorld()
        world.scenario.ready("a")
        world.start()
        world.scenario.commit("b")
        world.scenario.built("b")
        world.scenario.gate("e2e.yml", "b", .failure)
        world.pass(.seconds(70))
        let lines = world.keeper.metrics().split(separator: "\n").map(String.init)
        #expect(lines.contains("pawl_behind_commits{channel=\"acme/app/latest\"} 1"))
        #expect(lines.contains("pawl_promotable_commits{channel=\"acme/app/latest\"} 0"))
        #expect(lines.contains("pawl_group_split{channel=\"acme/app/latest\"} 0"))
        #expect(lines.contains("pawl_sweep_age_seconds{repository=\"acme/app\"} 10"))
        #expect(lines.contains("pawl_not_ready_checks 0"))
        #expect(lines.contains { $0.hasPrefix("pawl_ledger_append_seconds_count") })
        #expect(
            lines.contains {
                $0.hasPrefix("pawl_promotions_total") && $0.contains("verdict=\"promote\"")
            })
        #expect(
            lines.contains {
                $0.hasPrefix("pawl_promotions_total") && $0.contains("reason=\"gate-failed\"")
            })
    }
}
