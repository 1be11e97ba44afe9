package report_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/report"
)

// gift is a commitment of one line of which something was received.
func gift(name string, class aid.Class, who aid.CollaboratorID, at time.Time, state aid.State, value int64, received bool) aid.Commitment {
	c := aid.Commitment{
		Name: name, Class: class, Collaborator: who, State: state, PledgedAt: at,
		Lines: []aid.Line{{Free: "selimut", Unit: "helai", Quantity: 10, Value: aid.Rupiah(value), Estimated: true}},
	}
	if received {
		c.Deliveries = []aid.Delivery{{ID: "d", Quantities: []int64{10}, Received: []int64{10}, Answer: aid.Full, ReportedAt: at, AnsweredAt: at}}
	}
	return c
}

func TestGiversAreListedByTheNamesTheyShow(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	day := time.Date(2026, 5, 4, 3, 0, 0, 0, time.UTC)
	first := aid.Recipient{ID: "a", Name: "Padukuhan 01", Area: "34.71.01.1001.001"}
	second := aid.Recipient{ID: "b", Name: "Padukuhan 02", Area: "34.71.01.1001.002", Demo: true}
	g := report.NewGivers(pack)
	g.Add(first, []aid.Commitment{
		gift("Toko Maju", aid.Business, "x", day, aid.Received, 300, true),
		gift("", aid.Business, "x", day, aid.Received, 50, true),
		gift("Toko Maju", aid.Business, "y", day.AddDate(0, 0, -2), aid.Signed, 900, false),
		gift("Toko Maju", aid.Business, "y", day, aid.Withdrawn, 1, false),
		gift("hamba allah", aid.Individual, "z", day, aid.Received, 7, true),
	})
	g.Add(second, []aid.Commitment{
		gift("Toko Maju", aid.Business, "x", day.AddDate(0, 0, 1), aid.Received, 200, true),
		gift("Toko Maju", aid.Community, "x", day, aid.Received, 400, true),
	})
	got := g.List(day, 9)
	want := []report.Giver{
		{Name: "Toko Maju", Class: aid.Business, Given: report.Given{Commitments: 3, Received: 500}, Places: 2, Since: "2026-05-02",
			Latest: report.Whereabouts{Recipient: "b", Name: "Padukuhan 02", Area: "34.71.01.1001.002"}, Demo: true},
		{Name: "Toko Maju", Class: aid.Community, Given: report.Given{Commitments: 1, Received: 400}, Places: 1, Since: "2026-05-04",
			Latest: report.Whereabouts{Recipient: "b", Name: "Padukuhan 02", Area: "34.71.01.1001.002"}, Demo: true},
	}
	if diff := cmp.Diff(want, got.Named); diff != "" {
		t.Errorf("named (-want +got):\n%s", diff)
	}
	classes := map[aid.Class]report.ClassOfGivers{}
	for _, c := range got.Classes {
		classes[c.Class] = c
	}
	for _, want := range []report.ClassOfGivers{
		{Class: aid.Business, Names: 1, Named: report.Given{Commitments: 3, Received: 500}, Anonymous: report.Given{Commitments: 1, Received: 50}},
		{Class: aid.Individual, Anonymous: report.Given{Commitments: 1, Received: 7}},
		{Class: aid.Government},
	} {
		if classes[want.Class] != want {
			t.Errorf("%s gave %+v; want %+v", want.Class, classes[want.Class], want)
		}
	}
	if one := g.List(day, 1); len(one.Named) != 1 || one.Named[0].Class != aid.Business {
		t.Errorf("the first is %+v", one.Named)
	}
	for most := range 3 {
		var file bytes.Buffer
		if err := g.Write(&file, day); err != nil {
			t.Fatal(err)
		}
		var read report.Collaborators
		if err := json.Unmarshal(file.Bytes(), &read); err != nil {
			t.Fatalf("%v:\n%s", err, file.Bytes())
		}
		read.Named = read.Named[:most]
		if diff := cmp.Diff(g.List(day, most), read); diff != "" {
			t.Errorf("the file says otherwise (-list +file):\n%s", diff)
		}
	}
	if !got.Demo {
		t.Error("the list does not say that some of it is invented")
	}
}

// A pass may meet recipients in any order, and leaves of one region are read
// side by side.
func TestGiversDoNotDependOnTheOrderOfRecipients(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	day := time.Date(2026, 5, 4, 3, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		type held struct {
			to  aid.Recipient
			all []aid.Commitment
		}
		var all []held
		for i := range rapid.IntRange(0, 5).Draw(t, "recipients") {
			h := held{to: aid.Recipient{ID: aid.RecipientID(rune('a' + i)), Area: area.Code("34.71.01.1001.001")}}
			for range rapid.IntRange(0, 4).Draw(t, "commitments") {
				h.all = append(h.all, gift(
					rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "name"), rapid.SampledFrom(aid.Classes).Draw(t, "class"), "x",
					day.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "day")), rapid.SampledFrom([]aid.State{aid.Pledged, aid.Received, aid.Lapsed}).Draw(t, "state"),
					rapid.Int64Range(1, 1000).Draw(t, "value"), rapid.Bool().Draw(t, "received")))
			}
			all = append(all, h)
		}
		list := func(all []held) report.Collaborators {
			g := report.NewGivers(pack)
			for _, h := range all {
				g.Add(h.to, h.all)
			}
			return g.List(day, 99)
		}
		turned := slices.Clone(all)
		slices.Reverse(turned)
		if diff := cmp.Diff(list(all), list(turned)); diff != "" {
			t.Fatalf("the order of recipients matters:\n%s", diff)
		}
	})
}
