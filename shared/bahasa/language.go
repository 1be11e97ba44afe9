package bahasa

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/tally"
)

// Language is one in which the site is written, as HTML names it.
type Language string

// The languages of the site.
const (
	Indonesian Language = "id"
	English    Language = "en"
)

// Languages lists every language, the one that texts are written in first.
var Languages = []Language{Indonesian, English}

// Folder is what stands before the path of every page in the language: nothing,
// or "en/".
func (l Language) Folder() string {
	if l == Indonesian {
		return ""
	}
	return string(l) + "/"
}

//go:embed english
var dictionaries embed.FS

// Forms are the English of one Indonesian text. One is what is said of a single
// thing, empty where it is the same as of many.
type Forms struct {
	One   string
	Other string
}

// UnmarshalJSON reads "text" as well as {"one": "text", "other": "texts"}.
func (f *Forms) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &f.Other)
	}
	var both struct{ One, Other string }
	if err := json.Unmarshal(b, &both); err != nil {
		return err
	}
	*f = Forms(both)
	return nil
}

// Dictionary returns the English of every Indonesian text of pages and scripts.
// It stands in several files, by who says it; a text that several say has the
// same English in all of them. What the files hold is tested where it is used.
var Dictionary = sync.OnceValues(func() (map[string]Forms, error) {
	all := map[string]Forms{}
	files, err := fs.Glob(dictionaries, "english/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		body, err := dictionaries.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var one map[string]Forms
		if err := json.Unmarshal(body, &one); err != nil {
			return nil, fmt.Errorf("read %s: %w", path.Base(name), err)
		}
		for text, forms := range one {
			if old, known := all[text]; known && old != forms {
				return nil, fmt.Errorf("read %s: %q was translated otherwise before", path.Base(name), text)
			}
			all[text] = forms
		}
	}
	return all, nil
})

// forms returns how a text is said. One without a translation is said as it is;
// tests do not let such a text pass.
func (l Language) forms(text string) Forms {
	if l == English {
		if all, err := Dictionary(); err == nil {
			if f, ok := all[text]; ok {
				return f
			}
		}
	}
	return Forms{Other: text}
}

// Say says an Indonesian text in the language, with arguments as [fmt.Sprintf]
// takes them. The text stands as a literal where it is said, so that it can be
// found.
func (l Language) Say(text string, args ...any) string {
	text = l.forms(text).Other
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Many says a text about n things. n itself is no argument unless it is one of
// args.
func (l Language) Many(n int64, text string, args ...any) string {
	f := l.forms(text)
	if n == 1 && f.One != "" {
		text = f.One
	} else {
		text = f.Other
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Markup says a text that holds markup of its own; what it is given is text
// unless it is [template.HTML].
func (l Language) Markup(text string, args ...any) template.HTML {
	return markup(l.forms(text).Other, args)
}

// Markups says a text with markup about n things.
func (l Language) Markups(n int64, text string, args ...any) template.HTML {
	f := l.forms(text)
	if n == 1 && f.One != "" {
		return markup(f.One, args)
	}
	return markup(f.Other, args)
}

func markup(text string, args []any) template.HTML {
	if len(args) == 0 {
		return template.HTML(text)
	}
	safe := make([]any, len(args))
	for i, a := range args {
		if _, ok := a.(template.HTML); ok {
			safe[i] = a
		} else {
			safe[i] = template.HTMLEscapeString(fmt.Sprint(a))
		}
	}
	return template.HTML(fmt.Sprintf(text, safe...))
}

// Number writes n in groups of three digits: 1.642, in English 1,642.
func (l Language) Number(n int64) string {
	if l == English {
		return strings.ReplaceAll(Number(n), ".", ",")
	}
	return Number(n)
}

// Rupiah writes an amount: Rp200.000, in English Rp200,000.
func (l Language) Rupiah(r aid.Rupiah) string { return "Rp" + l.Number(int64(r)) }

// decimals turns the signs inside a number around.
var decimals = strings.NewReplacer(".", ",", ",", ".")

// Short writes rupiah as one says them: Rp1,24 miliar, in English Rp1.24 billion.
func (l Language) Short(rupiah int64) string {
	if l != English {
		return Short(rupiah)
	}
	number, unit, _ := strings.Cut(Short(rupiah), " ")
	number = decimals.Replace(number)
	if unit == "" {
		return number
	}
	return number + " " + map[string]string{"juta": "million", "miliar": "billion", "triliun": "trillion"}[unit]
}

// Percent writes a part in whole percent, as [Percent] does.
func (l Language) Percent(part, whole int64) string {
	if l == English {
		return strings.ReplaceAll(Percent(part, whole), ".", ",")
	}
	return Percent(part, whole)
}

// Share writes a part in ten-thousandths, as [Share] does.
func (l Language) Share(tenThousandths int64) string { return l.Percent(tenThousandths, 10_000) }

// Coverage writes how much of the food needed was received.
func (l Language) Coverage(r tally.Register) string {
	if l == English {
		return strings.ReplaceAll(Coverage(r), ".", ",")
	}
	return Coverage(r)
}

// Count writes how many different collaborators there are, as [Count] does.
func (l Language) Count(c *tally.Count) string {
	if l == English {
		return strings.ReplaceAll(Count(c), ".", ",")
	}
	return Count(c)
}

// Roughly writes a number with three digits that count.
func (l Language) Roughly(n int64) string { return l.swap(Roughly(n)) }

func (l Language) swap(s string) string {
	if l == English {
		return decimals.Replace(s)
	}
	return s
}

// Hours writes how long something took, in whole hours that were rounded down.
func (l Language) Hours(n int) string {
	switch {
	case l != English:
		return Hours(n)
	case n == 0:
		return "less than 1 hour"
	case n >= aid.LongestHour:
		return l.Number(int64(n)) + " hours or more"
	case n == 1:
		return "1 hour"
	}
	return l.Number(int64(n)) + " hours"
}

// Size writes how large a file is: 1,2 MB, in English 1.2 MB.
func (l Language) Size(bytes int64) string {
	if l == English {
		return strings.Replace(decimals.Replace(Size(bytes)), "bita", "bytes", 1)
	}
	return Size(bytes)
}

// Decimal writes a number with so many decimals: 1,5.
func (l Language) Decimal(f float64, places int) string {
	s := fmt.Sprintf("%.*f", places, f)
	if l != English {
		s = decimals.Replace(s)
	}
	return s
}

var (
	englishMonths = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	englishDays   = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
)

// Month names a month: Mei, in English May.
func (l Language) Month(m time.Month) string {
	if l == English {
		return englishMonths[m-1]
	}
	return Month(m)
}

// inEnglish writes an Indonesian date in the language: both have one order.
func (l Language) inEnglish(date string) string {
	if l != English {
		return date
	}
	for i, name := range months {
		date = strings.ReplaceAll(date, name, englishMonths[i])
	}
	for i, name := range days {
		date = strings.ReplaceAll(date, name, englishDays[i])
	}
	return date
}

// Date writes a day: 22 Mei 2026, in English 22 May 2026.
func (l Language) Date(d aid.Day) string { return l.inEnglish(Date(d)) }

// Weekday writes a day with its name: Jumat, 22 Mei 2026.
func (l Language) Weekday(d aid.Day) string { return l.inEnglish(Weekday(d)) }

// Span writes the days of a period: 22–24 Mei 2026.
func (l Language) Span(p aid.Period) string { return l.inEnglish(Span(p)) }

// Clock writes an hour of the day: 09.00, in English 09:00.
func (l Language) Clock(t time.Time) string {
	if l == English {
		return t.Format("15:04")
	}
	return t.Format("15.04")
}

// Moment writes an instant in a zone: 22 Mei 2026 pukul 13.05 WIB, in English
// 22 May 2026, 13:05 WIB. The zero instant is written as nothing.
func (l Language) Moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(zone)
	word := " pukul "
	if l == English {
		word = ", "
	}
	return l.Date(aid.DayOf(t, zone)) + word + l.Clock(t) + t.Format(" MST")
}

var (
	englishClasses = map[aid.Class]string{
		aid.SocialOrganization: "Social organisation",
		aid.Business:           "Business",
		aid.Individual:         "Individual",
		aid.Community:          "Community",
		aid.Government:         "Government body",
	}
	englishRoutes = map[aid.Route]string{aid.Direct: "Delivered directly", aid.Aggregate: "Through a distribution partner"}
)

// Class names a class of givers: Badan usaha, in English Business.
func (l Language) Class(c aid.Class) string {
	if name, ok := englishClasses[c]; ok && l == English {
		return name
	}
	return Class(c)
}

// Route names how aid travels.
func (l Language) Route(r aid.Route) string {
	if name, ok := englishRoutes[r]; ok && l == English {
		return name
	}
	return Route(r)
}

// List joins words: a, b, dan c; in English a, b and c.
func (l Language) List(words []string) string {
	if l != English {
		return List(words)
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}
