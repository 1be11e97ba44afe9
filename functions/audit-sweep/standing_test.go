package main

import (
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/catalogue"
	"ksbb/shared/page"
	"ksbb/shared/publish"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
)

func TestASweepRedrawsWhatTheOfficeAmended(t *testing.T) {
	s, l, store := newServer(t, 5)
	facts, now := table.NewMemory(), noon
	made := catalogue.Making(catalogue.New(regiontest.Tiny(t), facts, func() time.Time { return now }), func(pack *region.Pack) (*publish.Publisher, error) {
		pages, err := page.New(pack, "https://ksbb.example")
		if err != nil {
			return nil, err
		}
		return publish.NewPublisher(pack, l, store, store, publish.Editions(pages.In), 2), nil
	})
	s.publisher = standing{made}
	sweep := func() (partners, packages string) {
		t.Helper()
		if _, err := s.handle(t.Context(), sweepEvent{Time: now}); err != nil {
			t.Fatal(err)
		}
		for path, said := range map[string]*string{"mitra/index.html": &partners, "paket/index.html": &packages} {
			got, err := store.Get(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			*said = string(got.Body)
		}
		return partners, packages
	}
	if partners, packages := sweep(); strings.Contains(partners, "Dibekukan") || strings.Contains(packages, "Tangki Besar") {
		t.Fatal("amended before anybody did")
	}
	for _, a := range []aid.Amendment{
		{List: aid.AggregatorList, ID: "sukarelawan", Version: 1, Entry: []byte(`{"id":"sukarelawan","name":"Sukarelawan Contoh","permit":{"number":"CONTOH-1","until":"2030-12-31"},"frozen":"2026-05-20T05:00:00Z"}`)},
		{List: aid.PackageList, ID: "tangki", Version: 1, Entry: []byte(`{"id":"tangki","program":"air-bersih","name":"Tangki Besar","unit":"tangki","contents":["8.000 liter"],"modality":"goods","prices":[{"from":"2024-01-01","amount":300000}]}`)},
	} {
		if err := facts.PutCatalogueEntry(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(15 * time.Minute)
	if partners, packages := sweep(); !strings.Contains(partners, "Dibekukan sejak 20 Mei 2026") || !strings.Contains(packages, "Tangki Besar") {
		t.Error("the next sweep left what was before")
	}
}
