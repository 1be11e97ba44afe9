package aid

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestCleanTextKeepsWhatPeopleRead(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"  Siti   Aminah \n":     "Siti Aminah",
		"PT\u00a0Maju\u3000Jaya": "PT Maju Jaya",
		"Dapur ❤️ Ibu 🍚":         "Dapur ❤️ Ibu 🍚",
		"Nguyễn Thị Ánh":         "Nguyễn Thị Ánh",
		"يوسف & 李明 – O’Brien":    "يوسف & 李明 – O’Brien",
		"<b>tebal</b>":           "<b>tebal</b>", // escaping belongs to whoever shows it
	} {
		if got, err := CleanText(in, 40); err != nil || got != want {
			t.Errorf("CleanText(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestCleanTextRefusesWhatDeceives(t *testing.T) {
	for name, in := range map[string]string{
		"line break within":   "Siti\nAminah",
		"tab within":          "Siti\tAminah",
		"carriage return":     "Siti\r\nBcc: semua",
		"null":                "Siti\x00",
		"escape":              "\x1b[31mSiti",
		"C1 control":          "Siti\u0085Aminah",
		"bidi override":       "Siti \u202ehanimA",
		"bidi isolate":        "Siti \u2066x\u2069",
		"left-to-right mark":  "Siti\u200e",
		"arabic letter mark":  "a\u061cb",
		"zero width space":    "Si\u200bti",
		"zero width joiner":   "👨\u200d👩\u200d👧",
		"byte order mark":     "\ufeffSiti",
		"soft hyphen":         "Si\u00adti",
		"tag character":       "Siti\U000e0041",
		"line separator":      "Siti\u2028Aminah",
		"Hangul filler":       "\u3164",
		"blank Braille":       "\u2800",
		"noncharacter":        "Siti\uffff",
		"noncharacter block":  "Siti\ufdd0",
		"private use":         "Siti\ue000",
		"replacement":         "Siti\ufffd",
		"invalid UTF-8":       "Siti\xff",
		"overlong encoding":   "\xc0\x80",
		"surrogate in UTF-8":  "\xed\xa0\x80",
		"a tower of accents":  "e" + strings.Repeat("\u0301", 5),
		"variation selectors": "a\ufe01",
	} {
		var refused *TextError
		if got, err := CleanText(in, 40); !errors.As(err, &refused) || refused.Code != "text" {
			t.Errorf("%s: CleanText(%q) = %q, %v; want code text", name, in, got, err)
		}
	}
}

func TestCleanTextCountsCharactersNotBytes(t *testing.T) {
	if _, err := CleanText(strings.Repeat("é", 5), 5); err != nil {
		t.Errorf("five characters in a limit of five: %v", err)
	}
	var refused *TextError
	if _, err := CleanText(strings.Repeat("é", 6), 5); !errors.As(err, &refused) || refused.Code != "too_long" {
		t.Errorf("six characters in a limit of five: %v; want too_long", err)
	}
}

func FuzzCleanText(f *testing.F) {
	for _, s := range []string{"Siti  Aminah", "\u202e", "❤️", "a\u0301\u0301", " \n ", "\xff", "\u00a0x\u2003y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean, err := CleanText(s, 80)
		if err != nil {
			if clean != "" {
				t.Errorf("refused text still returned: %q", clean)
			}
			return
		}
		if again, err := CleanText(clean, 80); err != nil || again != clean {
			t.Errorf("cleaning %q again gives %q, %v", clean, again, err)
		}
		if !utf8.ValidString(clean) || utf8.RuneCountInString(clean) > 80 || strings.Contains(clean, "  ") || strings.TrimSpace(clean) != clean {
			t.Errorf("CleanText(%q) = %q is not one tidy line", s, clean)
		}
		for _, r := range clean {
			if r != ' ' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Z)) {
				t.Errorf("CleanText(%q) lets %U through", s, r)
			}
		}
	})
}

func TestCleanEmailTakesOneDeliverableAddress(t *testing.T) {
	for in, want := range map[string]string{
		" Siti.Aminah+ksbb@Example.CO.ID ": "siti.aminah+ksbb@example.co.id",
		"a@b.id":                           "a@b.id",
		"o'neil_x@sub-domain.example":      "o'neil_x@sub-domain.example",
	} {
		if got, ok := CleanEmail(in); !ok || got != want {
			t.Errorf("CleanEmail(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{
		"", "siti", "siti@", "@example.com", "siti@localhost", "siti@example.com.", "siti@.com", "siti@-x.com", "siti@x-.com",
		"Siti <siti@example.com>", "<siti@example.com>", "a@example.com,b@example.com", "siti@example.com\r\nBcc: b@example.com",
		`"si ti"@example.com`, `"siti"@example.com`, "siti@[127.0.0.1]", "siti@exam_ple.com", "sití@example.com", "siti@exämple.com",
		"siti (komentar)@example.com", "a..b@example.com", "siti@example.com ksbb",
		strings.Repeat("a", 65) + "@example.com", "a@" + strings.Repeat("b.", 130) + "id",
	} {
		if got, ok := CleanEmail(in); ok {
			t.Errorf("CleanEmail(%q) = %q; want a refusal", in, got)
		}
	}
}
