package tally_test

import (
	"reflect"
	"strings"
	"testing"

	"ksbb/shared/tally"
)

// owners are the objects whose members are named with the object before.
var owners = map[reflect.Type]string{
	reflect.TypeFor[tally.Number]():   "commitments.",
	reflect.TypeFor[tally.Happened](): "happened.",
	reflect.TypeFor[tally.Count]():    "collaborators.",
	reflect.TypeFor[tally.Large]():    "largest.",
}

// figures returns the name of every member that the JSON of a type has.
func figures(t reflect.Type, found map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || !strings.HasSuffix(t.PkgPath(), "shared/tally") {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous {
			figures(f.Type, found)
			continue
		}
		name = owners[t] + name
		if t == reflect.TypeFor[tally.Contact]() && (name == "pledged" || name == "contacted") {
			name = "contact." + name
		}
		found[name] = true
		figures(f.Type, found)
	}
}

// Nobody can quote a figure without knowing what it counts.
func TestEveryFigureOfTheStatisticsIsDefined(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	figures(reflect.TypeFor[tally.Statistics](), found)
	if len(found) < 60 {
		t.Fatalf("only %d members were found: %v", len(found), found)
	}
	for name := range found {
		if _, ok := tally.Defined(name); !ok {
			t.Errorf("%q has no definition", name)
		}
	}
}

// Beside a definition stand percents and dashes, not what the files hold.
func TestDefinitionsSpeakToPeopleAndLeaveFilesToThemselves(t *testing.T) {
	t.Parallel()
	for _, d := range tally.Definitions {
		for _, word := range []string{"persepuluhribu", "ten-thousandth", "−1", "-1", "null", "JSON", "kunci", "true"} {
			if text := strings.ToLower(d.ID + " " + d.EN); strings.Contains(text, strings.ToLower(word)) {
				t.Errorf("%q says %q to people: %s", d.Figure, word, text)
			}
		}
		if d.File != "" && !strings.HasSuffix(d.File, ".") {
			t.Errorf("%q is written as %q", d.Figure, d.File)
		}
	}
	for _, figure := range []string{"share", "coverage", "largest.coverage", "lapseShare", "disputeShare"} {
		if d, _ := tally.Defined(figure); !strings.Contains(d.File, "Ten-thousandths") || !strings.Contains(d.File, "-1") {
			t.Errorf("nobody can read %q in a file: %q", figure, d.File)
		}
	}
}

func TestDefinitionsAreCompleteInBothLanguagesAndNamedOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range tally.Definitions {
		if seen[d.Figure] {
			t.Errorf("%q is defined twice", d.Figure)
		}
		seen[d.Figure] = true
		for _, text := range []string{d.ID, d.EN} {
			if !strings.HasSuffix(text, ".") || strings.TrimSpace(text) != text || len(text) < 10 {
				t.Errorf("%q says %q", d.Figure, text)
			}
		}
		if d.ID == d.EN {
			t.Errorf("%q says the same in both languages", d.Figure)
		}
	}
	if _, ok := tally.Defined("nothing of the kind"); ok {
		t.Error("what is no figure is defined")
	}
}
