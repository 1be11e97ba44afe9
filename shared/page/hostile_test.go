package page

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/html"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// hostileStrings are what somebody might write wherever one may write: markup of
// every context after everything that could end one, other directions, invisible
// characters, endless words, and the languages of machines behind the page.
func hostileStrings(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("testdata/hostile.json")
	if err != nil {
		t.Fatal(err)
	}
	var parts struct {
		Cores  []string
		Around [][2]string
	}
	if err := json.Unmarshal(raw, &parts); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, around := range parts.Around {
		for _, core := range parts.Cores {
			all = append(all, around[0]+core+around[1])
		}
	}
	if len(all) < 500 {
		t.Fatalf("%d hostile strings, want 500", len(all))
	}
	return all
}

// notWritten are the plain strings of facts that no person writes freely.
var notWritten = []string{"Salt", "SHA256", "Version", "Type", "Letter", "Reason", "From", "To", "Number"}

// write puts the next text into every string of v that a person writes. What is
// empty stays so: it means something, such as a name that is not shown.
func write(v reflect.Value, next func() string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			write(v.Elem(), next)
		}
	case reflect.Slice:
		for i := range v.Len() {
			write(v.Index(i), next)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() || slices.Contains(notWritten, f.Name) {
				continue
			}
			if f.Type == reflect.TypeFor[string]() {
				if v.Field(i).String() != "" {
					v.Field(i).SetString(next())
				}
				continue
			}
			write(v.Field(i), next)
		}
	}
}

// written renders everything that shows what people wrote, with the next text in
// every place where one may write. Keys are paths; bodies are of many kinds.
func (w *world) written(t *testing.T, r *Renderer, next func() string) map[string][]byte {
	t.Helper()
	places := slices.Clone(w.places)
	for i := range places {
		places[i].Needs = slices.Clone(places[i].Needs)
		places[i].Recipient.Flags = slices.Clone(places[i].Recipient.Flags)
		places[i].Recipient.Indicators = slices.Clone(places[i].Recipient.Indicators)
		write(reflect.ValueOf(&places[i]), next)
	}
	first := places[0].Recipient.ID
	story := slices.Clone(w.story[first])
	for i := range story {
		story[i].Lines = slices.Clone(story[i].Lines)
		story[i].Lines[0].Equivalent = "setara"
		write(reflect.ValueOf(&story[i]), next)
	}
	from := &world{pack: w.pack, pages: w.pages, places: places, story: map[aid.RecipientID][]aid.Commitment{first: story}, files: w.files, instant: w.instant}
	acts := tally.ActsOf(places[0].Recipient, story)
	write(reflect.ValueOf(acts), next)
	entry := report.Entry{Period: "2026-05", Kind: report.Monthly, From: "2026-05-01", To: "2026-05-31", Summary: next(), SummaryEN: next(), Revisions: []report.Revision{
		{Revision: 2, MadeAt: w.instant, Reason: next(), Files: []report.Source{{Path: "data/v1/reports/2026-05/2.json", Type: "application/json"}}},
		{Revision: 1, MadeAt: w.instant, Files: []report.Source{{Path: "data/v1/reports/2026-05/1.json", Type: "application/json"}}},
	}}
	made := report.Report{
		Period: "2026-05", Kind: report.Monthly, From: "2026-05-01", To: "2026-05-31", Region: w.pack.Root, Name: "Wilayah Contoh", Revision: 2, Reason: next(), Paragraphs: []string{next()},
		Gaps: []report.Spot{{Recipient: places[1].Recipient.ID, Name: next(), Kind: "padukuhan", Area: places[1].Recipient.Area, Open: 5}},
	}

	all := map[string][]byte{}
	add := func(path string, body []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("render %s: %v", path, err)
		}
		all[path] = body
	}
	body, err := r.Place(places[0], story, w.files, places[1:])
	add(placePath(first), body, err)
	body, err = r.Form(places[0], places[1:])
	add("/bantu/"+string(first)+"/", body, err)
	for _, c := range story {
		for _, d := range c.Deliveries {
			body, err := r.BAST(places[0], c, d, w.files)
			add(bastPath(d.Number), body, err)
		}
	}
	areas := from.areas()
	for code, a := range areas {
		a.Latest = acts
		switch code.Level() {
		case area.Provinsi:
			body, err := r.Home(a, areas)
			add("/", body, err)
			body, err = r.Embed(a)
			add("/embed/"+string(code)+"/", body, err)
			atom, list, err := r.Feed(a)
			add("/feed.atom", atom, err)
			add("/feed.json", list, err)
		case area.Kecamatan:
			body, err := r.Area(a, areas)
			add("/wilayah/"+string(code)+"/", body, err)
		case area.Kelurahan:
			body, err := r.Kelurahan(a, w.pack.FirstGroup(), from.in(code))
			add("/wilayah/"+string(code)+"/", body, err)
		}
	}
	root := areas[w.pack.Root]
	s := tally.StatisticsOf(root.Totals, from.giving(w.pack.Root), nil)
	write(reflect.ValueOf(s.Largest), next)
	body, err = r.Statistics(w.pack.Root, w.instant, s, "data/v1/statistics/34.abc.json", "sha256-abc")
	add("/statistik/", body, err)
	body, err = r.Reports(report.Index{Reports: []report.Entry{entry}})
	add("/laporan/", body, err)
	body, err = r.Report(made, entry.Revisions, entry.Revisions[0].Files[0], report.Near{})
	add("/laporan/2026-05/", body, err)
	body, err = r.Collaborators(report.Collaborators{Named: []report.Giver{
		{Name: next(), Class: aid.Community, Given: report.Given{Commitments: 3}, Latest: report.Whereabouts{Recipient: first, Name: next(), Area: places[0].Recipient.Area}},
	}}, report.Source{Path: "data/v1/collaborators.json"})
	add("/kolaborator/", body, err)
	return all
}

// addresses are attributes that lead somewhere.
var addresses = []string{"href", "src", "srcset", "action", "formaction", "poster", "data", "cite", "xlink:href", "style"}

// skeleton is what a page does: its elements, their attributes, and where these
// lead. What it says is left out, but data must be whole.
func skeleton(path string, body []byte) (string, error) {
	var out strings.Builder
	switch {
	case strings.HasSuffix(path, ".json"):
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			return "", err
		}
		shape(&out, v)
		return out.String(), nil
	case strings.HasSuffix(path, ".atom"):
		d := xml.NewDecoder(bytes.NewReader(body))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				return out.String(), nil
			}
			if err != nil {
				return "", err
			}
			switch e := token.(type) {
			case xml.StartElement:
				fmt.Fprintf(&out, "<%s", e.Name.Local)
				for _, a := range e.Attr {
					fmt.Fprintf(&out, " %s", a.Name.Local)
				}
				out.WriteString("\n")
			case xml.EndElement:
				fmt.Fprintf(&out, "</%s\n", e.Name.Local)
			case xml.CharData:
			default:
				fmt.Fprintf(&out, "%T\n", e)
			}
		}
	}
	z := html.NewTokenizer(bytes.NewReader(body))
	data := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return "", err
			}
			return out.String(), nil
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			fmt.Fprintf(&out, "<%s", token.Data)
			for _, a := range token.Attr {
				out.WriteString(" " + a.Key)
				if slices.Contains(addresses, a.Key) {
					// What follows the question mark is words again.
					to, _, _ := strings.Cut(a.Val, "?")
					out.WriteString("=" + to)
				}
				data = data || token.Data == "script" && a.Key == "type" && a.Val == "application/ld+json"
			}
			out.WriteString("\n")
		case html.EndTagToken:
			token := z.Token()
			fmt.Fprintf(&out, "</%s\n", token.Data)
		case html.CommentToken, html.DoctypeToken:
			fmt.Fprintf(&out, "<!%s\n", z.Token().Data)
		case html.TextToken:
			if text := z.Raw(); data {
				data = false
				var v any
				if err := json.Unmarshal(text, &v); err != nil {
					return "", fmt.Errorf("data in the page: %w", err)
				}
				shape(&out, v)
			}
		}
	}
}

// shape writes the members and kinds of a JSON value, without what strings say.
func shape(out *strings.Builder, v any) {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			out.WriteString(k + ":{")
			shape(out, v[k])
			out.WriteString("}\n")
		}
	case []any:
		for _, e := range v {
			out.WriteString("[")
			shape(out, e)
			out.WriteString("]\n")
		}
	default:
		fmt.Fprintf(out, "%T", v)
	}
}

// Whatever stands in a name, an address, a source, free aid or a reason: a page
// has the elements that it has with a harmless word there, no other attribute,
// and leads nowhere else.
func TestNothingThatPeopleWriteBecomesMarkup(t *testing.T) {
	t.Parallel()
	all := hostileStrings(t)
	w := tiny(t)
	editions := []*Renderer{w.pages, w.pages.In(bahasa.English)}
	plain := make([]map[string]string, len(editions))
	for l, r := range editions {
		plain[l] = map[string]string{}
		for path, body := range w.written(t, r, func() string { return "Contoh" }) {
			bones, err := skeleton(path, body)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			plain[l][path] = bones
		}
	}
	const shards = 4
	var shown atomic.Int64
	for shard := range shards {
		t.Run(fmt.Sprintf("part %d", shard+1), func(t *testing.T) {
			t.Parallel()
			for i := shard; i < len(all); i += shards {
				// Each field has another string than the one before, and meets all of
				// them in the course of the test. Languages take turns: they share the
				// templates.
				n, l := i, i/shards%len(editions)
				next := func() string { n++; return all[n%len(all)] }
				for path, body := range w.written(t, editions[l], next) {
					bones, err := skeleton(path, body)
					if err != nil {
						t.Fatalf("%s, strings from %q on: %v", path, all[(i+1)%len(all)], err)
					}
					if want := plain[l][path]; bones != want {
						t.Fatalf("%s, strings from %q on: %s", path, all[(i+1)%len(all)], difference(want, bones))
					}
					shown.Add(int64(bytes.Count(body, []byte("alert"))))
				}
			}
		})
	}
	t.Cleanup(func() {
		if !t.Failed() && shown.Load() < int64(len(all)) {
			t.Errorf("the strings are shown %d times: they do not reach the pages", shown.Load())
		}
	})
}

// difference names the first line in which two skeletons differ.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%s where %s was expected, after %s", b[i], a[i], strings.Join(b[max(0, i-3):i], " "))
		}
	}
	return fmt.Sprintf("%d pieces, want %d", len(b), len(a))
}
