package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/page"
	"ksbb/shared/publish"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
)

// Whom a complaint names reads the same pages and files as everybody. None of
// them, but the counters of the region, knows that there is a complaint.
func TestAComplaintChangesNoFileButTheCounters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	pack := regiontest.Tiny(t)
	pages, err := page.New(pack, "https://ksbb.example")
	if err != nil {
		t.Fatal(err)
	}
	facts, store := w.store.(*table.Memory), new(blobtest.Memory)
	published := func() map[string]publish.Object {
		t.Helper()
		// Both as new publishers, which remember nothing.
		if _, err := publish.NewPublisher(pack, facts, store, new(blobtest.Memory), publish.Editions(pages.In), 2).Sweep(t.Context(), publish.Everyone, w.clock()); err != nil {
			t.Fatal(err)
		}
		if _, err := publish.NewCounter(pack, facts, store).Count(t.Context(), w.clock()); err != nil {
			t.Fatal(err)
		}
		return store.Objects()
	}
	published()
	before := published() // the second sweep writes what only a second one can
	var complaints []filed
	for range 7 {
		complaints = append(complaints, w.file(w.form()))
	}
	w.pass(time.Hour)
	w.reply(complaints[0].id, "Jawaban "+canary, aid.Resolved)
	after := published()
	for path, o := range after {
		text := string(o.Body)
		if path == publish.ComplaintsPath {
			if text == string(before[path].Body) || !strings.Contains(text, `"total":7`) {
				t.Errorf("%s: %s", path, text)
			}
			text = strings.ReplaceAll(text, `"area":"34.71"`, "")
			for _, unit := range []string{string(pasir), "34.71", "Pasir"} {
				if strings.Contains(text, unit) {
					t.Errorf("%s names %s: %s", path, unit, text)
				}
			}
		}
		for _, c := range complaints {
			for _, word := range []string{canary, string(c.id), c.id.Ticket(), c.secret} {
				if strings.Contains(text, word) {
					t.Errorf("%s holds %q", path, word)
				}
			}
		}
		if path != publish.ComplaintsPath && path != publish.ManifestPath && !strings.HasSuffix(path, ".html") && text != string(before[path].Body) {
			t.Errorf("%s changed", path)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d files, before %d", len(after), len(before))
	}
}

// The functions that serve whom a complaint may name do not know complaints.
func TestStewardsAndCollaboratorsHaveNoWayToComplaints(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"steward-api", "commitments-api"} {
		files, err := filepath.Glob("../" + folder + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("no source of %s: %v", folder, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && (strings.Contains(id.Name, "Complaint") || id.Name == "Reports" || id.Name == "Replies") {
					t.Errorf("%s knows %s", name, id.Name)
				}
				return true
			})
		}
	}
}
