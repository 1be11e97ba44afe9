package evidence

import (
	"bytes"
	"encoding/binary"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ksbb/shared/aid"
)

var mutants = flag.Int("mutants", 600, "damaged files to check")

// corpus returns files that others made to try decoders with: those of Go
// itself and of the modules that this one needs anyway. They are read where Go
// keeps them.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	folders := []string{filepath.Join(strings.TrimSpace(string(out)), "src", "image")}
	if out, err = exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/image", "codeberg.org/go-pdf/fpdf").Output(); err != nil {
		t.Fatal(err)
	}
	folders = append(folders, strings.Fields(string(out))...)
	files := map[string][]byte{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
			if err != nil || !slices.Contains([]string{".jpeg", ".jpg", ".png", ".webp", ".pdf"}, filepath.Ext(name)) {
				return err
			}
			file, err := os.ReadFile(name)
			files[name[len(folder):]] = file
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 120 {
		t.Fatalf("only %d files in %q", len(files), folders)
	}
	return files
}

// What a decoder or a writer that is known makes of a file is what we make of
// it, unless it is one of those that are not wanted.
func TestTheCorpusIsJudgedAsItDeserves(t *testing.T) {
	t.Parallel()
	judged := map[aid.EvidenceRefusal]int{}
	for name, file := range corpus(t) {
		kind := map[string]string{".jpeg": typeJPEG, ".jpg": typeJPEG, ".png": typePNG, ".webp": typeWebP, ".pdf": typePDF}[filepath.Ext(name)]
		var want aid.EvidenceRefusal
		switch {
		case typeOf(file) != kind, strings.HasSuffix(name, "lossless.webp"), strings.HasSuffix(name, "with-alpha.webp"):
			want = aid.RefusedType
		case strings.HasSuffix(name, "EmbeddedFiles.pdf"), strings.HasSuffix(name, "SetProtection.pdf"):
			want = aid.RefusedActive
		case kind != typePDF:
			if _, err := decoders[kind].decode(bytes.NewReader(file)); err != nil {
				want = aid.RefusedBroken
			}
		}
		if _, got := Check(file, kind); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		judged[want]++
	}
	if judged[""] < 100 || judged[aid.RefusedActive] != 2 || judged[aid.RefusedBroken] == 0 || judged[aid.RefusedType] == 0 {
		t.Errorf("judged %v: there is not one of each", judged)
	}
}

// own are files that this package made itself, so that every branch has one
// that leads there.
func own() map[string][]byte {
	data := exif(binary.BigEndian, 6, "x")
	return map[string][]byte{
		"photo.jpeg": withSegments(photo(60, 40), "\xe1Exif\x00\x00"+data, "\xfe remark"),
		"scans.jpeg": jpegSpec{width: 60, height: 40, sampling: []byte{0x22, 0x11, 0x11}, progressive: true, scans: 5}.file(),
		"cmyk.jpeg":  jpegSpec{width: 60, height: 40, sampling: []byte{0x11, 0x11, 0x11, 0x11}, adobe: true}.file(),
		"a.png":      pngFile(33, 17, 8, 6, 1, "eXIf"+data, "tEXtx\x00y"),
		"b.png":      pngFile(33, 17, 4, 3, 0, "tRNS\x00"),
		"a.webp":     webpFile("VP8X\x08\x00\x00\x00\x3f\x00\x00\x3f\x00\x00", vp8(64, 64, 200, 200), "EXIF"+data),
		"a.pdf":      pdfFile("<< /AA << >> >>"),
		"b.pdf":      pdfFile(stream("/Type /ObjStm /Filter /FlateDecode", deflated(objStm("<< /S /URI >>"))), stream("/Filter [/FlateDecode /FlateDecode]", deflated(deflated(objStm("<< >>"))))),
	}
}

// damage changes a file as carriers and attackers do: bits, bytes, lengths,
// pieces that go, come twice, or come from elsewhere.
func damage(r *rand.Rand, file []byte) []byte {
	file = bytes.Clone(file)
	for range 1 + r.IntN(4) {
		if len(file) < 8 {
			return file
		}
		at := r.IntN(len(file))
		if r.IntN(2) == 0 { // headers matter most
			at = r.IntN(min(len(file), 200))
		}
		n := min(1+r.IntN(64), len(file)-at)
		switch r.IntN(7) {
		case 0:
			file[at] ^= 1 << r.IntN(8)
		case 1:
			file[at] = byte(r.Uint32())
		case 2:
			file[at] = []byte{0, 1, 0x7f, 0x80, 0xff}[r.IntN(5)]
		case 3:
			file = file[:at]
		case 4:
			file = slices.Delete(file, at, at+n)
		case 5:
			file = slices.Insert(file, at, bytes.Clone(file[at:at+n])...)
		case 6:
			from := r.IntN(len(file) - n + 1)
			copy(file[at:], file[from:from+n])
		}
	}
	return file
}

// hold checks what must be true whatever the file is.
func hold(t testing.TB, name string, file []byte) {
	kind := typeOf(file)
	if kind == "" {
		kind = typeJPEG
	}
	var r Result
	var refusal aid.EvidenceRefusal
	if n := allocated(func() { r, refusal = Check(file, kind) }); n > mostMemory {
		t.Errorf("%s: allocated %.1f MB, refusal %q", name, float64(n)/1e6, refusal)
	}
	if refusal != "" {
		if r.Display != nil || r.Thumb != nil {
			t.Errorf("%s: refused (%s), and drawn all the same", name, refusal)
		}
		return
	}
	if r.Type != kind {
		t.Errorf("%s: taken as %s, announced as %s", name, r.Type, kind)
	}
	if kind == typePDF {
		return
	}
	for side, copied := range map[int][]byte{DisplaySide: r.Display, ThumbSide: r.Thumb} {
		p, refusal := lookJPEG(copied)
		long := max(p.width, p.height)
		if refusal != "" || long > side || long != min(side, max(r.Width, r.Height)) || p.turn != 0 {
			t.Errorf("%s: %d×%d became %d×%d: %s", name, r.Width, r.Height, p.width, p.height, refusal)
		}
	}
}

// Not parallel: it counts what is allocated.
func TestNoDamagedFileDoesHarm(t *testing.T) {
	files := own()
	for name, file := range corpus(t) {
		hold(t, name, file)
		files[name] = file
	}
	for name, file := range own() {
		hold(t, name, file)
	}
	var names []string
	for name := range files {
		if len(files[name]) < 200_000 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	taken := 0
	for seed := range *mutants {
		r := rand.New(rand.NewPCG(uint64(seed), 0))
		name := names[r.IntN(len(names))]
		file := damage(r, files[name])
		hold(t, name, file)
		if _, refusal := Check(file, typeOf(file)); refusal == "" {
			taken++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	// Damage that always shows at once would try nothing.
	if taken < *mutants/50 || taken > *mutants*9/10 {
		t.Errorf("%d of %d damaged files were taken", taken, *mutants)
	}
	t.Logf("%d files, %d damaged ones, of which %d were taken", len(files), *mutants, taken)
}

func FuzzImage(f *testing.F) {
	for name, file := range own() {
		if !strings.HasSuffix(name, ".pdf") {
			f.Add(file)
		}
	}
	for _, file := range corpus(f) {
		if len(file) < 20_000 && typeOf(file) != typePDF {
			f.Add(file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) { hold(t, "fuzzed", file) })
}

func FuzzPDF(f *testing.F) {
	for name, file := range own() {
		if strings.HasSuffix(name, ".pdf") {
			f.Add(file)
		}
	}
	for _, file := range corpus(f) {
		if len(file) < 20_000 && typeOf(file) == typePDF {
			f.Add(file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		hold(t, "fuzzed", slices.Concat([]byte("%PDF-1.7\n"), file, []byte("\n%%EOF")))
	})
}
