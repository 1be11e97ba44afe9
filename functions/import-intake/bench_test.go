package main

import (
	"fmt"
	"log/slog"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/intake"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

// BenchmarkWrite writes lists of new recipients and of needs of each, on the real
// engine, with nothing beside it that publishes what is written.
func BenchmarkWrite(b *testing.B) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	const n = 2000
	for b.Loop() {
		b.StopTimer()
		db := tabletest.Engine(b)
		ledger, private := tabletest.Tables(b, db)
		w := newWorld(b, table.New(db, ledger, private))
		rows := rws(w.pack, n)
		for at, list := range []struct {
			kind intake.List
			body []byte
		}{
			{intake.Recipients, csvOf(rows)},
			{intake.Needs, needsOf(rows, n, func(i int) int { return i })},
		} {
			id := w.bring(at, list.kind, ani, "daftar.csv", list.body)
			w.wants(id, aid.ImportPreview, n, 0, 0, 0)
			before := b.Elapsed()
			b.StartTimer()
			w.confirm(id, ani)
			b.StopTimer()
			w.wants(id, aid.ImportDone, n, 0, 0, 0)
			b.ReportMetric(n/(b.Elapsed()-before).Seconds(), fmt.Sprintf("%s/s", list.kind))
		}
		b.StartTimer()
	}
}
