package region

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"ksbb/shared/bahasa"
)

// english is a file that a pack may leave out: its site is then in Indonesian
// alone where the pack speaks. It maps each text of the pack to its English, as
// {"paket sembako": {"one": "staple food package", "other": "staple food packages"}}.
const english = "english.json"

// translations reads what the pack's texts are in English.
func (r *reader) translations() {
	if _, err := fs.Stat(r.folder, english); errors.Is(err, fs.ErrNotExist) {
		return
	}
	if r.open(english, &r.pack.english) {
		for text, forms := range r.pack.english {
			r.need(fmt.Sprintf("the English of %q", text), forms.Other)
		}
	}
}

// Thing is what one counts of the package, to stand after the number n: "paket
// sembako", in English "staple food packages".
func (p Package) Thing(n int64) string {
	if n == 1 && p.things.One != "" {
		return p.things.One
	}
	if p.things.Other != "" {
		return p.things.Other
	}
	return bahasa.Thing(p.Package)
}

// Counted is what one counts of the kind, to stand after the number n: "panti
// asuhan" of one as of many, in English "orphanage" and "orphanages".
func (k Kind) Counted(n int64) string {
	if n != 1 && k.many != "" {
		return k.many
	}
	return k.Name
}

// Counted is the unit of the indicator, to stand after the number n.
func (i Indicator) Counted(n int64) string {
	if n == 1 && i.one != "" {
		return i.one
	}
	return i.Unit
}

// In returns the pack as it speaks a language. Names of areas, people and bodies
// stay as they are, as do all ids. A text that was not translated stays
// Indonesian.
func (p *Pack) In(l bahasa.Language) *Pack {
	if l == bahasa.Indonesian || len(p.english) == 0 {
		return p
	}
	say := func(text string) string {
		if f, ok := p.english[text]; ok {
			return f.Other
		}
		return text
	}
	one := func(text string) string {
		if f := p.english[text]; f.One != "" {
			return f.One
		}
		return say(text)
	}
	all := func(texts []string) []string {
		said := slices.Clone(texts)
		for i, t := range said {
			said[i] = say(t)
		}
		return said
	}
	q := *p
	q.Operator.Office, q.Operator.Help = say(p.Operator.Office), say(p.Operator.Help)
	q.Texts = p.Texts.in(say, all)
	q.Programs = slices.Clone(p.Programs)
	for i := range q.Programs {
		g := &q.Programs[i]
		g.Name, g.Summary = say(g.Name), say(g.Summary)
	}
	q.Packages = slices.Clone(p.Packages)
	for i := range q.Packages {
		k := &q.Packages[i]
		k.things = p.english[bahasa.Thing(k.Package)]
		k.Name, k.Unit, k.Per, k.Summary, k.Note = say(k.Name), one(k.Unit), one(k.Per), say(k.Summary), say(k.Note)
		k.Contents = all(k.Contents)
	}
	q.Kinds = slices.Clone(p.Kinds)
	for i := range q.Kinds {
		k := &q.Kinds[i]
		k.Name, k.many, k.Steward = one(k.Name), p.english[k.Name].Other, say(k.Steward)
	}
	q.Indicators = slices.Clone(p.Indicators)
	for i := range q.Indicators {
		n := &q.Indicators[i]
		n.one = p.english[n.Unit].One
		n.Name, n.Unit, n.About = say(n.Name), say(n.Unit), say(n.About)
	}
	q.Flags = slices.Clone(p.Flags)
	for i := range q.Flags {
		q.Flags[i].Name, q.Flags[i].About = say(q.Flags[i].Name), say(q.Flags[i].About)
	}
	q.Aggregators = slices.Clone(p.Aggregators)
	for i := range q.Aggregators {
		q.Aggregators[i].Note = say(q.Aggregators[i].Note)
	}
	q.Channels = slices.Clone(p.Channels)
	for i := range q.Channels {
		c := &q.Channels[i]
		c.Name, c.About = say(c.Name), say(c.About)
	}
	q.GoodsRules = slices.Clone(p.GoodsRules)
	for i := range q.GoodsRules {
		q.GoodsRules[i].Text = say(q.GoodsRules[i].Text)
	}
	q.finish()
	return &q
}

func (t Texts) in(say func(string) string, all func([]string) []string) Texts {
	// The short name and the hashtag are names.
	for _, text := range []*string{
		&t.Programme, &t.Tagline, &t.Purpose, &t.HouseholdNote, &t.EquivalentNote, &t.StatementTitle,
		&t.Consent, &t.GoodsAcceptance, &t.ContactDeadline, &t.ReadyMeals, &t.Demo, &t.Approximate,
	} {
		*text = say(*text)
	}
	t.Statement = all(t.Statement)
	return t
}

// Untranslated lists the texts of a pack that have no English, so that no page
// of it is half translated. A pack without any English has none to lack.
func (p *Pack) Untranslated() []string {
	if len(p.english) == 0 {
		return nil
	}
	var missing []string
	want := func(texts ...string) {
		for _, t := range texts {
			if _, ok := p.english[t]; !ok && strings.TrimSpace(t) != "" && !slices.Contains(missing, t) {
				missing = append(missing, t)
			}
		}
	}
	want(p.Operator.Office, p.Operator.Help)
	note := func(t string) string { want(t); return t }
	p.Texts.in(note, func(texts []string) []string { want(texts...); return texts })
	for _, g := range p.Programs {
		want(g.Name, g.Summary)
	}
	for _, k := range p.Packages {
		want(k.Name, k.Unit, k.Per, k.Summary, k.Note, bahasa.Thing(k.Package))
		want(k.Contents...)
	}
	for _, k := range p.Kinds {
		want(k.Name, k.Steward)
	}
	for _, n := range p.Indicators {
		want(n.Name, n.Unit, n.About)
	}
	for _, f := range p.Flags {
		want(f.Name, f.About)
	}
	for _, a := range p.Aggregators {
		want(a.Note)
	}
	for _, c := range p.Channels {
		want(c.Name, c.About)
	}
	for _, r := range p.GoodsRules {
		want(r.Text)
	}
	return missing
}
