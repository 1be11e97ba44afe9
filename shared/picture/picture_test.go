package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"
)

func place() Card {
	return Card{
		Site: "KSBB Contoh", Address: "ksbb.example", Badge: "Data contoh", Above: "RW · Kecamatan Contoh, Kota Contoh", Name: "RW 03 Contoh Timur",
		Alarm: "Belum menerima apa pun", Says: "Masih butuh paket sembako, makanan siap saji, dan 2 lainnya",
		Bar: &Bar{Twelfths: [3]int{3, 1, 2}, Words: [4]string{"diterima", "dikirim", "dijanjikan", "belum dijanjikan"}},
	}
}

func TestThePictureOfACardIsSmallAndAlwaysTheSame(t *testing.T) {
	t.Parallel()
	first, err := place().PNG()
	if err != nil {
		t.Fatal(err)
	}
	again, err := place().PNG()
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("the same card gave other bytes (%v)", err)
	}
	if len(first) > 60_000 {
		t.Errorf("the picture has %d bytes", len(first))
	}
	m, err := png.Decode(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if b := m.Bounds(); b.Dx() != Width || b.Dy() != Height {
		t.Errorf("the picture is %v", b)
	}
}

func TestAKeyChangesWithEverythingThatIsSeen(t *testing.T) {
	t.Parallel()
	patch := Patch{{{0, 0}, {10, 0}, {10, 10}}}
	with := func(change func(*Card)) string {
		c := place()
		c.Map = &Map{Outline: NewOutline(10, 10, []Patch{patch}), Shades: []Shade{1}, Words: "x"}
		change(&c)
		return c.Key()
	}
	keys := map[string]string{with(func(*Card) {}): "the card itself"}
	for what, change := range map[string]func(*Card){
		"site":    func(c *Card) { c.Site += "x" },
		"address": func(c *Card) { c.Address += "x" },
		"badge":   func(c *Card) { c.Badge = "" },
		"above":   func(c *Card) { c.Above += "x" },
		"name":    func(c *Card) { c.Name += "x" },
		"alarm":   func(c *Card) { c.Alarm = "" },
		"says":    func(c *Card) { c.Says += "x" },
		"bar":     func(c *Card) { c.Bar.Twelfths[1]++ },
		"words":   func(c *Card) { c.Bar.Words[3] += "x" },
		"shade":   func(c *Card) { c.Map.Shades[0]++ },
		"outline": func(c *Card) { c.Map.Outline = NewOutline(10, 10, []Patch{{{{0, 0}, {10, 0}, {9, 10}}}}) },
		"legend":  func(c *Card) { c.Map.Words += "x" },
	} {
		k := with(change)
		if same, there := keys[k]; there {
			t.Errorf("%s has the key of %s", what, same)
		}
		keys[k] = what
		if len(k) != 10 || strings.Trim(k, "0123456789abcdef") != "" {
			t.Errorf("key %q", k)
		}
	}
	if again := with(func(*Card) {}); keys[again] != "the card itself" {
		t.Errorf("the same card has the key %s, too", again)
	}
}

// extremes are texts that somebody might enter: long, empty, of letters that the
// type does not have, or of one word without end.
var extremes = []string{
	"", " ", "🙂🎁", "قرية المثال", "ﷺ", strings.Repeat("W", 200), strings.Repeat("Panti Asuhan Contoh ", 12), "a\u0301\u0323 e\u0301 ễ ữ Đ ø",
	"\u202eterbalik\u202c", "baris\nlain\ttab", "<script>alert(1)</script>", "…", "i", strings.Repeat("·", 90), "\ue000\ufffd\u0000",
}

func TestNothingIsDrawnBeyondItsRoom(t *testing.T) {
	t.Parallel()
	empty := func(p *paper, x0, y0, x1, y1 int) (x, y int, ok bool) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				if p.RGBAAt(x, y) != ground {
					return x, y, false
				}
			}
		}
		return 0, 0, true
	}
	for _, text := range extremes {
		c := place()
		c.Site, c.Address, c.Badge, c.Above, c.Name, c.Alarm, c.Says, c.Foot = text, "ksbb.example", text, text, text, text, text, text
		p, err := c.draw()
		if err != nil {
			t.Fatalf("draw %q: %v", text, err)
		}
		for _, band := range []struct {
			what           string
			x0, y0, x1, y1 int
		}{
			{"left of everything", 0, 0, margin - 6, Height},
			{"right of everything", right + 6, 0, Width, Height},
			{"between the words and the bar", margin, foot - 116, right, foot - 109},
			{"above everything", 0, 0, Width, 40},
		} {
			if x, y, ok := empty(p, band.x0, band.y0, band.x1, band.y1); !ok {
				t.Errorf("%q is drawn %s, at %d, %d", text, band.what, x, y)
			}
		}
		if body, err := c.PNG(); err != nil || len(body) > 100_000 {
			t.Errorf("the picture of %q has %d bytes (%v)", text, len(body), err)
		}
	}
}

func TestALongNameEndsInAnEllipsisAndAShortOneDoesNot(t *testing.T) {
	t.Parallel()
	p, err := newPaper(10, 10, ground)
	if err != nil {
		t.Fatal(err)
	}
	long := p.wrap(bold, 44, 1056, strings.Repeat("Panti Asuhan Contoh ", 12), 2)
	if len(long) != 2 || !strings.HasSuffix(long[1], "…") || strings.HasSuffix(long[0], "…") {
		t.Errorf("a long name is %q", long)
	}
	for _, l := range long {
		if w := p.measure(bold, 44, l); w > 1056 {
			t.Errorf("%q is %v wide", l, w)
		}
	}
	if short := p.wrap(bold, 44, 1056, "RW 03 Contoh", 2); len(short) != 1 || short[0] != "RW 03 Contoh" {
		t.Errorf("a short name is %q", short)
	}
	if none := p.wrap(bold, 44, 1056, " ", 2); len(none) != 0 {
		t.Errorf("nothing is %q", none)
	}
}

func TestLettersThatTheTypeLacksLoseTheirOrnament(t *testing.T) {
	t.Parallel()
	p, err := newPaper(10, 10, ground)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"RW 03 · Cengkareng – ≈ 1.600…": "RW 03 · Cengkareng – ≈ 1.600…",
		"Pondok ễ":                      "Pondok e",
		"𝐁antu":                         "Bantu",
		"Rumah 🙂 Contoh":                "Rumah Contoh",
		"é":                             "é",
	} {
		for _, w := range []weight{plain, bold} {
			if got := p.known(w, text); got != want {
				t.Errorf("%q is drawn as %q, want %q", text, got, want)
			}
		}
	}
}

// A picture that is drawn otherwise needs another key: the old one is kept for
// ever where it was seen. Whoever changes how cards look raises look and puts the
// new picture beside this test.
func TestTheLookIsTheOneThatKeysSay(t *testing.T) {
	t.Parallel()
	c := place()
	c.Map = &Map{Outline: NewOutline(100, 80, []Patch{{{{0, 0}, {60, 0}, {50, 80}, {0, 80}}}, {{{60, 0}, {100, 0}, {100, 80}, {50, 80}}}}), Shades: []Shade{1, 4}, Words: "Gelap"}
	for name, card := range map[string]Card{"place": place(), "area": c} {
		body, err := card.PNG()
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := png.Decode(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		const cells = 12 // pixels of the picture to one of the sketch
		sketch := image.NewGray(image.Rect(0, 0, Width/cells, Height/cells))
		for y := range Height / cells {
			for x := range Width / cells {
				sum := 0
				for i := range cells * cells {
					sum += int(color.GrayModel.Convert(drawn.At(x*cells+i%cells, y*cells+i/cells)).(color.Gray).Y)
				}
				sketch.SetGray(x, y, color.Gray{Y: uint8(sum / cells / cells)})
			}
		}
		path := fmt.Sprintf("testdata/look-%d-%s.png", look, name)
		if os.Getenv("DRAW") != "" {
			var out bytes.Buffer
			if err := png.Encode(&out, sketch); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("the look has no sketch to compare with; DRAW=1 makes it: %v", err)
		}
		want, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		// Machines round differently; nobody sees that.
		off := 0
		for y := range Height / cells {
			for x := range Width / cells {
				if d := int(sketch.GrayAt(x, y).Y) - int(want.(*image.Gray).GrayAt(x, y).Y); d > 4 || d < -4 {
					off++
				}
			}
		}
		if off > 0 {
			t.Errorf("%s looks other than keys of look %d say, in %d places", name, look, off)
		}
	}
}

func TestIconsAreSquareAndShowTheMark(t *testing.T) {
	t.Parallel()
	for _, side := range []int{48, 192, 512} {
		body, err := Icon(side)
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if b := m.Bounds(); b.Dx() != side || b.Dy() != side {
			t.Errorf("the icon of %d is %v", side, b)
		}
		green := 0
		for y := range side {
			for x := range side {
				if m.At(x, y) == color.RGBA(leaf) {
					green++
				}
			}
		}
		if green < side*side/50 {
			t.Errorf("the icon of %d has %d green points", side, green)
		}
	}
}
