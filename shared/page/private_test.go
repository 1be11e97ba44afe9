package page

import (
	"encoding/json"
	"strings"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

func TestPagesOfPrivateLinksAreIndexedByNobody(t *testing.T) {
	t.Parallel()
	tree := tiny(t).tree(t)
	for _, path := range []string{"/k/", "/pj/"} {
		if !strings.Contains(tree[path], `content="noindex"`) {
			t.Errorf("%s asks no search engine to stay away", path)
		}
	}
	if strings.Contains(tree["/lapor/"], "noindex") {
		t.Error("/lapor/ must be found by those who lost their link")
	}
}

func TestOneSignsTheStatementOfTheRegion(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	own := w.tree(t)["/k/"]
	_, own, _ = strings.Cut(own, `<template id="pernyataan">`)
	for _, clause := range w.pack.Texts.Statement {
		if !strings.Contains(own, clause) {
			t.Errorf("/k/ shows no clause %q", clause)
		}
	}
}

// The script asks for nothing in the address, so the form must not be able to
// put it there either.
func TestNoPrivateFormSendsByAddress(t *testing.T) {
	t.Parallel()
	tree := tiny(t).tree(t)
	for path, button := range map[string]string{"/lapor/": `<button class="btn" type="submit" hidden>`, "/pj/": `<form id="bast" novalidate hidden>`} {
		if !strings.Contains(tree[path], button) {
			t.Errorf("%s can be sent before its script is there: what is typed would stand in the address", path)
		}
	}
}

// The API names goods in Indonesian; pages in another language bring the names
// along.
func TestPrivatePagesNameGoodsInTheirLanguage(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	tree := w.tree(t)
	for _, path := range []string{"/k/", "/pj/"} {
		if strings.Contains(tree[path], "data-things") {
			t.Errorf("%s brings names that the API knows", path)
		}
		var things map[aid.PackageID][2]string
		for _, e := range elements(t, path, tree["/en"+path]) {
			if said := e.Attrs["data-things"]; said != "" {
				if err := json.Unmarshal([]byte(said), &things); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, p := range w.pack.In(bahasa.English).Packages {
			if things[p.ID] != [2]string{p.Thing(1), p.Thing(2)} || p.Thing(1) == "" {
				t.Errorf("/en%s calls %s %q", path, p.ID, things[p.ID])
			}
		}
	}
}
