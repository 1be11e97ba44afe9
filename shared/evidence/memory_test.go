package evidence

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"ksbb/shared/aid"
)

// mostMemory is what a check may allocate beside the file itself. All that it
// ever allocates is counted, given back or not, so a figure does not depend on
// when memory was collected.
const mostMemory = 64 << 20

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// largest are the largest files of each kind that are taken, and those with one
// row of pixels more that are not.
func largest() map[string]struct{ taken, refused []byte } {
	type pair = struct{ taken, refused []byte }
	all := map[string]pair{}
	jpegs := func(name string, width, height int, s jpegSpec) {
		s.width, s.height = width, height
		over := s
		over.height += 16
		over.pixels = [2]int{16, 16}
		all["image/jpeg "+name] = pair{s.file(), over.file()}
	}
	jpegs("4:2:0", 5000, 5000, jpegSpec{sampling: []byte{0x22, 0x11, 0x11}})
	jpegs("4:2:2", 4896, 4896, jpegSpec{sampling: []byte{0x21, 0x11, 0x11}})
	jpegs("4:4:4", 4000, 4000, jpegSpec{sampling: []byte{0x11, 0x11, 0x11}})
	jpegs("grey", 5000, 5000, jpegSpec{sampling: []byte{0x11}})
	jpegs("CMYK", 2448, 2448, jpegSpec{sampling: []byte{0x11, 0x11, 0x11, 0x11}, adobe: true})
	jpegs("RGB", 2616, 2616, jpegSpec{sampling: []byte{0x11, 0x11, 0x11}, adobe: true})
	jpegs("4:2:0 progressive", 2528, 2528, jpegSpec{sampling: []byte{0x22, 0x11, 0x11}, progressive: true, scans: maxScans})
	jpegs("4:4:4 progressive", 1784, 1784, jpegSpec{sampling: []byte{0x11, 0x11, 0x11}, progressive: true, scans: 10})
	jpegs("grey progressive", 3096, 3096, jpegSpec{sampling: []byte{0x11}, progressive: true, scans: 10})
	for _, p := range []struct {
		name             string
		side             int
		depth, colours   byte
		interlaced       byte
		transparentColor bool
	}{
		{"RGB", 3464, 8, 2, 0, false}, {"grey", 5000, 8, 0, 0, false}, {"palette", 5000, 8, 3, 0, false},
		{"grey with a colour for none", 3464, 8, 0, 0, true},
		{"RGB 16", 2449, 16, 2, 0, false}, {"grey 16", 4898, 16, 0, 0, false},
		{"RGB interlaced", 2449, 8, 2, 1, false}, {"palette interlaced", 4898, 8, 3, 1, false}, {"RGB 16 interlaced", 1732, 16, 2, 1, false},
	} {
		var chunks []string
		if p.transparentColor {
			chunks = []string{"tRNS\x00\x00"}
		}
		all["image/png "+p.name] = pair{pngFile(p.side, p.side, p.depth, p.colours, p.interlaced, chunks...), pngFile(p.side, p.side+4, p.depth, p.colours, p.interlaced, chunks...)}
	}
	all["image/webp"] = pair{webpFile(vp8(5000, 5000, 500_000, 2_000_000)), webpFile(vp8(5000, 5001, 10, 10))}
	return all
}

// Not parallel: what others allocate meanwhile would be counted too.
func TestChecksStayWithinTheirMemory(t *testing.T) {
	for name, c := range largest() {
		kind, _, _ := strings.Cut(name, " ")
		if len(c.taken) > aid.MaxEvidenceBytes {
			t.Errorf("%s: %d bytes", name, len(c.taken))
		}
		var r Result
		var refusal aid.EvidenceRefusal
		n := allocated(func() { r, refusal = Check(c.taken, kind) })
		if refusal != "" || n > mostMemory {
			t.Errorf("%s: refused %q, allocated %.1f MB", name, refusal, float64(n)/1e6)
		}
		t.Logf("%-40s %5.1f MP %7d bytes: %4.1f MB", name, float64(r.Width*r.Height)/1e6, len(c.taken), float64(n)/1e6)
		n = allocated(func() { _, refusal = Check(c.refused, kind) })
		if refusal != aid.RefusedPixels || n > 100_000 {
			t.Errorf("%s, a little larger: refused %q, allocated %d bytes", name, refusal, n)
		}
	}
}

// Bombs that are refused, and the largest PDF that is not.
func TestBombsStayWithinTheirMemory(t *testing.T) {
	packed := deflated(strings.Repeat("1 0 ", 7<<20))
	for range 3 {
		packed += strings.Repeat("\x00", len(packed)) // a third of a megabyte of file for each 10 MB
	}
	for name, file := range map[string][]byte{
		"image/jpeg header bomb":   jpegSpec{width: 65535, height: 65535, sampling: []byte{0x22, 0x11, 0x11}, pixels: [2]int{16, 16}}.file(),
		"image/jpeg scan bomb":     jpegSpec{width: 2500, height: 2500, sampling: []byte{0x22, 0x11, 0x11}, progressive: true, scans: 400}.file(),
		"image/jpeg of markers":    withSegments(photo(20, 20), repeated("\xfe", 1_900_000)...),
		"image/jpeg of tables":     withSegments(photo(20, 20), repeated("\xc4\x00\x01"+strings.Repeat("\x00", 16), 380_000)...),
		"image/png of texts":       pngFile(10, 10, 8, 2, 0, repeated("tEXt", 690_000)...),
		"image/png of data":        pngFile(10, 10, 8, 2, 0, repeated("IDAT", 690_000)...),
		"image/webp of chunks":     webpFile(append(repeated("XXXX", 1_000_000), vp8(10, 10, 50, 50))...),
		"application/pdf bomb":     pdfFile(stream("", deflated(strings.Repeat("1 0 ", 30<<20)))),
		"application/pdf nested":   pdfFile(stream("", deflated(deflated(strings.Repeat("1 0 ", 30<<20))))),
		"application/pdf packed":   pdfFile(stream("", packed)),
		"application/pdf streams":  pdfFile(strings.Repeat(stream("", deflated("1 0 "))+"\n", maxStreams-2)),
		"application/pdf of names": pdfFile(strings.Repeat("/a", 4_000_000)),
		"application/pdf of dicts": pdfFile(strings.Repeat("/a/b", 1_900_000) + "stream\nendstream"),
	} {
		kind, _, _ := strings.Cut(name, " ")
		if len(file) > aid.MaxEvidenceBytes {
			t.Errorf("%s: %d bytes", name, len(file))
		}
		var refusal aid.EvidenceRefusal
		if n := allocated(func() { _, refusal = Check(file, kind) }); n > mostMemory {
			t.Errorf("%s: refused %q, allocated %.1f MB", name, refusal, float64(n)/1e6)
		} else {
			t.Logf("%-40s %7d bytes: %4.1f MB, %q", name, len(file), float64(n)/1e6, refusal)
		}
	}
}

func repeated(segment string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = segment
	}
	return all
}

// manyObjects is a stream of about n bytes of objects that differ.
func manyObjects(n int) string {
	var b strings.Builder
	for i := 1; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%d 0 << /Type /Font /F%d %d 0 R >> ", i, i*7919, i*104729%100_003)
	}
	return b.String()
}

func BenchmarkCheck(b *testing.B) {
	colour := []byte{0x22, 0x11, 0x11}
	for _, c := range []struct {
		name, kind string
		file       []byte
	}{
		{"12 MP JPEG", "image/jpeg", photo(4000, 3000)},
		{"25 MP JPEG", "image/jpeg", photo(5760, 4320)},
		{"6 MP progressive JPEG, 32 scans", "image/jpeg", jpegSpec{width: 2528, height: 2528, sampling: colour, progressive: true, scans: maxScans}.file()},
		{"12 MP PNG", "image/png", pngFile(4000, 3000, 8, 2, 0)},
		{"25 MP WebP", "image/webp", webpFile(vp8(5000, 5000, 500_000, 2_000_000))},
		{"PDF of 20,000 streams", "application/pdf", pdfFile(strings.Repeat(stream("", deflated("1 0 "))+"\n", maxStreams-2))},
		{"PDF with 20 MB of objects", "application/pdf", pdfFile(stream("", deflated(manyObjects(20<<20))))},
	} {
		b.Run(fmt.Sprintf("%s, %.1f MB", c.name, float64(len(c.file))/1e6), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, refusal := Check(c.file, c.kind); refusal != "" {
					b.Fatal(refusal)
				}
			}
		})
	}
}
