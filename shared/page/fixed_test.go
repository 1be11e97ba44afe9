package page

import (
	"regexp"
	"strings"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
)

func TestEveryProblemIsListed(t *testing.T) {
	t.Parallel()
	tree := tiny(t).tree(t)
	for _, slug := range Problems {
		for _, l := range bahasa.Languages {
			index, p := tree[prefix(l)+"/masalah/"], problems(l)[slug]
			if !strings.Contains(index, `href="`+prefix(l)+"/masalah/"+slug+`/"`) || !strings.Contains(index, p.Heading) {
				t.Errorf("%s/masalah/ does not lead to %s", prefix(l), slug)
			}
		}
	}
}

func TestTheNounIsKomitmen(t *testing.T) {
	t.Parallel()
	promise := regexp.MustCompile(`(?i)\bjanji(nya)?\b`)
	tree := tiny(t).tree(t)
	for _, path := range []string{"/k/", "/pj/", "/lapor/", "/aduan/", "/usulan/", "/langganan/", "/cara/", "/privasi/", "/mitra/", "/masalah/", "/bast/", "/status/"} {
		if found := promise.FindString(tree[path]); found != "" {
			t.Errorf("%s says %q", path, found)
		}
	}
}

// The contents of packages are those of the sources, word for word (S-082 to
// S-085), with the price and the day from which it holds.
func TestTheCatalogueSaysWhatEachPackageHolds(t *testing.T) {
	t.Parallel()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := New(pack, "https://ksbb.example")
	if err != nil {
		t.Fatal(err)
	}
	fixed, err := pages.Fixed()
	if err != nil {
		t.Fatal(err)
	}
	page := string(fixed["paket/index.html"])
	for _, p := range pack.Packages {
		_, said, ok := strings.Cut(page, `id="`+string(p.ID)+`"`)
		if !ok {
			t.Errorf("%s is not in the catalogue", p.ID)
			continue
		}
		said, _, _ = strings.Cut(said, "</details>")
		for _, c := range p.Contents {
			if !strings.Contains(said, "<li>"+c+"</li>") {
				t.Errorf("%s does not hold %q", p.ID, c)
			}
		}
		for _, price := range p.Prices {
			if !strings.Contains(said, bahasa.Rupiah(price.Amount)) || !strings.Contains(said, "sejak "+bahasa.Date(price.From)) {
				t.Errorf("%s does not cost %d since %s", p.ID, price.Amount, price.From)
			}
		}
	}
	for _, covers := range []string{"1 paket sembako cukup untuk satu keluarga selama 7 hari.", "4 porsi makanan siap saji pagi-malam cukup untuk satu keluarga selama satu hari."} {
		if !strings.Contains(page, covers) {
			t.Errorf("the catalogue does not say %q", covers)
		}
	}
}

func TestAFrozenPartnerIsNamedAsSuch(t *testing.T) {
	t.Parallel()
	pack, err := regiontest.Tiny(t).Amended([]aid.Amendment{{List: aid.AggregatorList, ID: "sukarelawan", Version: 1, Entry: []byte(`{"id":"sukarelawan",
		"name":"Sukarelawan Contoh","permit":{"number":"CONTOH-1","until":"2030-12-31","evidence":"daftar kementerian"},"operatingShare":7.5,"frozen":"2025-09-10T20:00:00Z"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(pack, "https://ksbb.example")
	if err != nil {
		t.Fatal(err)
	}
	for lang, wants := range map[bahasa.Language][]string{
		bahasa.Indonesian: {"Dibekukan sejak 11 September 2025.", "daftar kementerian", "7,5% dari titipan"},
		bahasa.English:    {"Frozen since 11 September 2025.", "daftar kementerian", "7.5% of what it is given"},
	} {
		fixed, err := r.In(lang).Fixed()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(fixed["mitra/index.html"]), want) {
				t.Errorf("%s: %q is missing", lang, want)
			}
		}
		form, err := r.In(lang).Form(aid.Place{Recipient: aid.Recipient{ID: "34.71.01.1001.001", Name: "Contoh", Kind: "padukuhan", Area: "34.71.01.1001.001"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(form), `value="sukarelawan"`) {
			t.Errorf("%s: the form offers a partner that takes nothing", lang)
		}
	}
}

// A page that stays the same for months must not say that a permit holds today.
func TestPartnersAreNamedWithTheirPermits(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	page := w.tree(t)["/mitra/"]
	active, former, ok := strings.Cut(page, "Tidak lagi menjadi mitra")
	if !ok {
		t.Fatal("the partner whose permit was revoked is not told apart")
	}
	for _, a := range w.pack.Aggregators {
		in, day := active, a.Permit.Until
		if a.Permit.Revoked != "" {
			in, day = former, a.Permit.Revoked
		}
		for _, want := range []string{a.Name, a.Permit.Number, bahasa.Date(day)} {
			if !strings.Contains(in, want) {
				t.Errorf("%s: %q is missing", a.ID, want)
			}
		}
	}
}
