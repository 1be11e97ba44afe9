package print

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"ksbb/shared/report"
)

var papers = flag.String("papers", "", "folder to write the samples to, to look at them")

func printed(t testing.TB, r report.Report) []byte {
	t.Helper()
	pack, _ := jakarta()
	pdf, err := Report(r, source(r), pack, site)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func TestX(t *testing.T) {
	for _, id := range []string{"2026-10", "2026-W43", "2026-10-20", "2025-01"} {
		pdf := printed(t, reported(t, id))
		t.Log(id, len(pdf))
		if *papers != "" {
			os.WriteFile(filepath.Join(*papers, id+".pdf"), pdf, 0o644)
		}
	}
}

func BenchmarkReport(b *testing.B) {
	r := reported(b, "2026-10")
	b.ReportAllocs()
	var size int
	for b.Loop() {
		size = len(printed(b, r))
	}
	b.ReportMetric(float64(size), "bytes")
}
