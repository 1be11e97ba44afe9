// Package papertest reads a PDF as a viewer does, for the tests of packages that
// write one: which words stand where, and what a QR code is made of.
package papertest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"rsc.io/qr"
)

// Test is what a test, a benchmark and a property have in common.
type Test interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Fatal(args ...any)
}

// Text is one line of type on a page, and the box it fills, in millimetres from
// the upper left corner.
type Text struct {
	Words                    string
	Size                     float64 // in points
	Left, Top, Right, Bottom float64
}

// Rect is a rectangle in millimetres from the upper left corner.
type Rect struct{ X, Y, W, H float64 }

// Page is what a reader sees of one page.
type Page struct {
	Texts []Text
	Code  []Rect // the filled rectangles of its QR code
}

// String returns the page's lines, in the order in which they were written.
func (p Page) String() string {
	var all []string
	for _, t := range p.Texts {
		all = append(all, t.Words)
	}
	return strings.Join(all, "\n")
}

// Says tells whether pages hold words, wherever lines break.
func Says(pages []Page, words string) bool {
	var all []string
	for _, p := range pages {
		all = append(all, strings.Fields(p.String())...)
	}
	return strings.Contains(strings.Join(all, " "), words)
}

var (
	objects = regexp.MustCompile(`(?s)(\d+) 0 obj\n(.*?)\nendobj`)
	faces   = regexp.MustCompile(`/F([0-9a-f]{40}) (\d+) 0 R`)
	isPage  = regexp.MustCompile(`/Type /Page\n`)
	content = regexp.MustCompile(`/Contents (\d+) 0 R`)
	typing  = regexp.MustCompile(`(?s)BT (?:/F([0-9a-f]{40}) ([0-9.]+) Tf|(-?[0-9.]+) (-?[0-9.]+) Td \(((?:[^\\)]|\\.)*)\) Tj) ET`)
	filled  = regexp.MustCompile(`(?m)^([0-9.]+) ([0-9.]+) ([0-9.]+) ([0-9.]+) re$`)
)

// ruler measures text in the fonts that are embedded.
var ruler struct {
	sync.Mutex
	pdf *fpdf.Fpdf
}

func measure(words, style string, size float64) float64 {
	ruler.Lock()
	defer ruler.Unlock()
	if ruler.pdf == nil {
		ruler.pdf = fpdf.New("P", "mm", "A4", "")
		ruler.pdf.AddUTF8FontFromBytes("go", "", goregular.TTF)
		ruler.pdf.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	}
	ruler.pdf.SetFont("go", style, size)
	return ruler.pdf.GetStringWidth(words)
}

// Read reads a paper as a viewer does: from its compressed pages, by the fonts
// that are embedded.
func Read(t Test, pdf []byte) []Page {
	t.Helper()
	const k, height = 72 / 25.4, 297.0 // points in a millimetre, A4

	bodies, styles := map[string]string{}, map[string]string{}
	var pages []Page
	for _, m := range objects.FindAllSubmatch(pdf, -1) {
		bodies[string(m[1])] = string(m[2])
	}
	for _, m := range faces.FindAllStringSubmatch(string(pdf), -1) {
		if strings.Contains(bodies[m[2]], "/BaseFont /utf8goB\n") {
			styles[m[1]] = "B"
		}
	}
	for _, m := range objects.FindAllSubmatch(pdf, -1) {
		if !isPage.Match(m[2]) {
			continue
		}
		_, stream, ok := strings.Cut(bodies[content.FindStringSubmatch(string(m[2]))[1]], "stream\n")
		if !ok {
			t.Fatal("a page has no content")
		}
		deflated, err := zlib.NewReader(strings.NewReader(stream))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(deflated)
		if err != nil {
			t.Fatal(err)
		}
		var page Page
		style, size := "", 0.0
		for _, m := range typing.FindAllSubmatch(raw, -1) {
			if m[1] != nil {
				style, size = styles[string(m[1])], number64(t, m[2])
				continue
			}
			words := shown(t, m[5])
			x, y := number64(t, m[3])/k, height-number64(t, m[4])/k
			page.Texts = append(page.Texts, Text{
				words, size, x, y - 0.72*size/k, x + measure(words, style, size), y + 0.2*size/k,
			})
		}
		for _, r := range filled.FindAllSubmatch(raw, -1) {
			w, h := number64(t, r[3])/k, number64(t, r[4])/k
			page.Code = append(page.Code, Rect{number64(t, r[1]) / k, height - number64(t, r[2])/k - h, w, h})
		}
		pages = append(pages, page)
	}
	if len(pages) == 0 {
		t.Fatal("the paper has no page")
	}
	return pages
}

func number64(t Test, b []byte) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// shown undoes the escapes of a PDF string and its UTF-16.
func shown(t Test, escaped []byte) string {
	t.Helper()
	var raw []byte
	for i := 0; i < len(escaped); i++ {
		if escaped[i] == '\\' {
			i++
			if escaped[i] == 'r' {
				escaped[i] = '\r'
			}
		}
		raw = append(raw, escaped[i])
	}
	if len(raw)%2 != 0 {
		t.Fatalf("text %q is not UTF-16", raw)
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units))
}

// Untidy names what a reader would stumble over: text beyond the margins, text
// over text, text too near to a QR code to scan it.
func Untidy(pages []Page, margins Rect) []string {
	var all []string
	for n, p := range pages {
		for i, a := range p.Texts {
			if a.Left < margins.X-0.1 || a.Right > margins.X+margins.W+0.1 || a.Top < margins.Y || a.Bottom > margins.Y+margins.H {
				all = append(all, fmt.Sprintf("page %d: %q leaves the page: %.1f–%.1f, %.1f–%.1f", n+1, a.Words, a.Left, a.Right, a.Top, a.Bottom))
			}
			for _, b := range p.Texts[:i] {
				if a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom {
					all = append(all, fmt.Sprintf("page %d: %q stands on %q", n+1, a.Words, b.Words))
				}
			}
			if q, module := Square(p.Code); module > 0 {
				quiet := 4 * module
				if a.Left < q.X+q.W+quiet && q.X-quiet < a.Right && a.Top < q.Y+q.H+quiet && q.Y-quiet < a.Bottom {
					all = append(all, fmt.Sprintf("page %d: %q stands within the quiet zone of the QR code", n+1, a.Words))
				}
			}
		}
	}
	return all
}

// Square returns the square that a QR code fills and the width of one of its
// modules; 0 when there is none.
func Square(code []Rect) (q Rect, module float64) {
	if len(code) == 0 {
		return Rect{}, 0
	}
	x1, y1, x2, y2 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, r := range code {
		x1, y1, x2, y2 = min(x1, r.X), min(y1, r.Y), max(x2, r.X+r.W), max(y2, r.Y+r.H)
	}
	return Rect{x1, y1, x2 - x1, y2 - y1}, code[0].H
}

// Opens checks that a QR code opens an address, and that it is at least so wide,
// in millimetres.
func Opens(code []Rect, address string, least float64) error {
	want, err := qr.Encode(address, qr.M)
	if err != nil {
		return err
	}
	square, module := Square(code)
	if n := int(math.Round(square.W / module)); n != want.Size || square.W < least || math.Abs(square.W-square.H) > 0.01 {
		return fmt.Errorf("a code of %d modules, %.1f × %.1f mm; want %d modules, at least %v mm", n, square.W, square.H, want.Size, least)
	}
	got := make([]bool, want.Size*want.Size)
	for _, r := range code {
		row, col := int(math.Round((r.Y-square.Y)/module)), int(math.Round((r.X-square.X)/module))
		for i := range int(math.Round(r.W / module)) {
			got[row*want.Size+col+i] = true
		}
	}
	for i, black := range got {
		if black != want.Black(i%want.Size, i/want.Size) {
			return fmt.Errorf("module %d,%d is wrong", i%want.Size, i/want.Size)
		}
	}
	return nil
}

// Offsets checks that the table at the end of a paper points to every object.
func Offsets(pdf []byte) error {
	start := bytes.LastIndex(pdf, []byte("startxref\n"))
	if start < 0 {
		return fmt.Errorf("no startxref")
	}
	at, err := strconv.Atoi(strings.Fields(string(pdf[start:]))[1])
	if err != nil || at >= len(pdf) || !bytes.HasPrefix(pdf[at:], []byte("xref\n")) {
		return fmt.Errorf("startxref %d does not point to the table", at)
	}
	for n, line := range strings.Split(string(pdf[at:start]), "\n")[3:] {
		if !strings.HasSuffix(line, " n ") {
			break
		}
		offset, err := strconv.Atoi(line[:10])
		if want := fmt.Sprintf("%d 0 obj\n", n+1); err != nil || !bytes.HasPrefix(pdf[offset:], []byte(want)) {
			return fmt.Errorf("entry %d points to %.20q", n+1, pdf[offset:])
		}
	}
	return nil
}
