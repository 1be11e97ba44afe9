package workbook

import (
	"io"
	"testing"

	"ksbb/shared/report"
)

// What a release of a whole region takes: time and memory per table of rows.
func BenchmarkTables(b *testing.B) {
	_, p, c := world(b)
	pack, _, _ := world(b)
	rows := report.CommitmentRows(p, c, pack, true)
	for b.Loop() {
		if err := Tables(io.Discard, "t", morning, []report.Table{report.CommitmentTable}, func(string) (io.ReadCloser, error) {
			out, in := io.Pipe()
			go func() {
				w := report.NewCSV(in, report.CommitmentTable)
				for range 5_000 {
					for _, row := range rows {
						if err := w.Row(row); err != nil {
							in.CloseWithError(err)
							return
						}
					}
				}
				in.CloseWithError(w.Close())
			}()
			return out, nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/row")
}
