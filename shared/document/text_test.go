package document

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

func TestPrintableKeepsWhatCanBeDrawn(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		" \n\t ":                   "",
		"  Siti \n\t Aminah ":      "Siti Aminah",
		"O’Brien & Co. “Dapur”":    "O’Brien & Co. “Dapur”",
		"Rp45.000/orang ≈ 4 × 5":   "Rp45.000/orang ≈ 4 × 5",
		"Jose\u0301":               "José", // composed
		"Nguyễn Thị Ánh":           "Nguyen Thi Ánh",
		"𝐁𝐮𝐝𝐢 Ｓａｎｔｏｓｏ":             "Budi Santoso",
		"Al-Maʿārif":               "Al-Ma‘ārif",
		"Dapur ❤️ Ibu 🍚":           "Dapur Ibu",
		"👨‍👩‍👧":                    "?",
		"يوسف":                     "?",
		"يوسف الرحمن 7":            "? ? 7",
		"李明 Group":                 "? Group",
		"a\u202eb\u2066c\u200bd":   "abcd",
		"se\u00adko\u00adlah":      "sekolah",
		"nul\x00 esc\x1b[31m":      "nul esc [31m",
		"rusak\xff\xfe\xc0\x80":    "rusak",
		"apa?? betul?":             "apa?? betul?",
		"garis\u2028baru\u0085ya":  "garis baru ya",
		"\ue000\ufdd0\ufffd":       "?",
		"x\U000e0041\U0001f1ee":    "x",
		"a" + "\u0301\u0301\u0301": "á",
	} {
		if got := Printable(in); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
	}
}

// A character without a glyph prints as an empty box, and says nothing when it
// is searched for.
func TestEveryCharacterDrawnHasAGlyph(t *testing.T) {
	for name, ttf := range map[string][]byte{"regular": goregular.TTF, "bold": gobold.TTF} {
		font, err := sfnt.Parse(ttf)
		if err != nil {
			t.Fatal(err)
		}
		var buffer sfnt.Buffer
		has := func(r rune) bool {
			glyph, err := font.GlyphIndex(&buffer, r)
			return err == nil && glyph != 0
		}
		n := 0
		for r := rune(0); r < 0x10000; r++ {
			if unicode.Is(drawn, r) {
				n++
				if !has(r) {
					t.Errorf("%s has no glyph for %U", name, r)
				}
			}
		}
		if n < 500 {
			t.Errorf("only %d characters can be drawn", n)
		}
		for r, a := range alike {
			if has(r) && unicode.Is(drawn, r) {
				t.Errorf("%s draws %U and needs nothing alike", name, r)
			}
			if !unicode.Is(drawn, a) {
				t.Errorf("%U stands in for %U and cannot be drawn", a, r)
			}
		}
	}
}

// wide8 is a measure by which every character is as wide as any other.
func wide8(s string) float64 { return float64(len([]rune(s))) }

func TestLinesKeepWordsWholeWhereTheyFit(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"satu dua":                "satu dua",
		"satu dua tiga":           "satu dua|tiga",
		"satu sembilansembilan x": "satu|sembilan|sembilan|x",
		"sembilansembilans":       "sembilan|sembilan|s",
		"a b c d e":               "a b c d|e",
		"sembilan":                "sembilan",
		"é é é é éééééééé éééééééé": "é é é é|éééééééé|éééééééé",
	} {
		if got := strings.Join(Lines(in, 8, wide8), "|"); got != want {
			t.Errorf("Lines(%q) = %s, want %s", in, got, want)
		}
	}
	if got := Lines("abc", 0.5, wide8); len(got) != 3 {
		t.Errorf("a column narrower than a character gives %q", got)
	}
}

func TestAtMostSaysThatMoreFollows(t *testing.T) {
	all := []string{"satu dua", "tiga,", "empat"}
	for n, want := range map[int]string{0: "satu dua|tiga,|empat", 1: "satu du…", 2: "satu dua|tiga…", 3: "satu dua|tiga,|empat", 9: "satu dua|tiga,|empat"} {
		if got := strings.Join(AtMost(n, all, 8, wide8), "|"); got != want {
			t.Errorf("AtMost(%d) = %s, want %s", n, got, want)
		}
	}
	if all[0] != "satu dua" || all[1] != "tiga," {
		t.Errorf("AtMost changed its argument: %q", all)
	}
}

func FuzzPrintable(f *testing.F) {
	for _, s := range []string{"Siti Aminah", "Nguyễn", "👨‍👩‍👧", "\xff", "a\u0301\u0327", "ﷺ ㎏ ½ ²", "? ? يوسف?", "\u0344\u1e9b\u0323"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Printable(s)
		for _, r := range got {
			if !unicode.Is(drawn, r) {
				t.Errorf("Printable(%q) = %q, which holds %U", s, got, r)
			}
		}
		if got != strings.Join(strings.Fields(got), " ") {
			t.Errorf("Printable(%q) = %q, which is not one line of single spaces", s, got)
		}
		if again := Printable(got); again != got {
			t.Errorf("Printable(%q) = %q, printed again %q", s, got, again)
		}
		if got == "" && strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) != "" {
			t.Errorf("Printable(%q) is empty", s)
		}
	})
}
