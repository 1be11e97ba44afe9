package release_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/publish"
	"ksbb/shared/region"
	"ksbb/shared/release"
	"ksbb/shared/report"
)

// facts is a small ledger.
type facts struct {
	pack        *region.Pack
	leaves      map[aid.Leaf][]aid.Place
	commitments map[aid.RecipientID][]aid.Commitment
	corrections map[aid.Leaf][]aid.Correction
	made        int // commitments so far
}

// newFacts returns a ledger with two recipients in each kelurahan, to which
// nothing was promised yet.
func newFacts(pack *region.Pack) *facts {
	f := &facts{
		pack: pack, leaves: map[aid.Leaf][]aid.Place{}, commitments: map[aid.RecipientID][]aid.Commitment{}, corrections: map[aid.Leaf][]aid.Correction{},
	}
	for i, k := range pack.At(area.Kelurahan) {
		for n := range 2 {
			code := area.Code(fmt.Sprintf("%s.%03d", k.Code, n+1))
			r := aid.Recipient{
				ID: aid.RecipientID(code), Name: fmt.Sprintf("=RW \"%02d\"", n+1), Kind: pack.Kinds[0].ID,
				Area: code, Point: k.Point, Households: int64(100 + 10*i), People: 400, Demo: true,
			}
			leaf, ok := pack.Catalogue().LeafOf(r)
			if !ok {
				panic("no leaf for " + r.Kind)
			}
			p := pack.Packages[0]
			f.leaves[leaf] = append(f.leaves[leaf], aid.Place{
				Recipient: r,
				Needs:     []aid.Need{{ID: aid.NeedOf(r.ID, p.ID), Recipient: r.ID, Program: p.Program, Package: p.ID, Needed: 50, Source: "survei", ConfirmedOn: "2026-05-01"}},
			})
		}
	}
	return f
}

func (f *facts) Leaf(_ context.Context, leaf aid.Leaf) ([]aid.Place, error) {
	return slices.Clone(f.leaves[leaf]), nil
}

func (f *facts) History(_ context.Context, id aid.RecipientID) ([]aid.Commitment, []aid.Evidence, error) {
	return slices.Clone(f.commitments[id]), nil, nil
}

func (f *facts) Corrections(_ context.Context, leaf aid.Leaf) ([]aid.Correction, error) {
	return slices.Clone(f.corrections[leaf]), nil
}

// any draws a place.
func (f *facts) any(rng *rand.Rand) (aid.Leaf, *aid.Place) {
	var leaves []aid.Leaf
	for _, leaf := range f.pack.Leaves() {
		if len(f.leaves[leaf]) > 0 {
			leaves = append(leaves, leaf)
		}
	}
	leaf := leaves[rng.IntN(len(leaves))]
	return leaf, &f.leaves[leaf][rng.IntN(len(f.leaves[leaf]))]
}

// change lets one thing happen at a place: somebody promises, or a commitment
// makes a move of its life.
func (f *facts) change(rng *rand.Rand, now time.Time) {
	leaf, p := f.any(rng)
	id := p.Recipient.ID
	all := slices.Clone(f.commitments[id])
	if len(all) == 0 || len(all) < 8 && rng.IntN(3) == 0 {
		all = append(all, f.pledge(leaf, *p, now))
	} else {
		i := rng.IntN(len(all))
		for range 6 {
			all[i] = f.move(rng, all[i], now)
		}
	}
	f.book(p, all)
}

// book makes the commitments those of a place.
func (f *facts) book(p *aid.Place, all []aid.Commitment) {
	sum := aid.StandingOf(all)
	needs := slices.Clone(p.Needs)
	for i, n := range needs {
		held := sum.Needs[n.ID]
		needs[i].Committed, needs[i].Delivered, needs[i].Received = held.Committed, held.Delivered, held.Received
	}
	p.Needs = needs
	p.Activity.Open, p.Activity.Pledged, p.Activity.Lapsed, p.Activity.Hours = sum.Open, sum.Pledged, sum.Lapsed, sum.Hours
	p.Activity.Rev++
	f.commitments[p.Recipient.ID] = all
}

// pledge makes a promise whose channel is proven.
func (f *facts) pledge(leaf aid.Leaf, p aid.Place, now time.Time) aid.Commitment {
	f.made++
	need := p.Needs[0]
	day := aid.DayOf(now, f.pack.Zone)
	c := aid.Commitment{
		ID: aid.CommitmentID(fmt.Sprintf("0198c0de-0000-7000-8000-%012x", 1_000_003*f.made)), Recipient: p.Recipient.ID, Leaf: leaf, Program: need.Program,
		Lines: []aid.Line{
			{Need: need.ID, Package: need.Package, Quantity: 5, Unit: "tangki", Value: 1_750_000},
			{Free: "selimut dari Budi", Unit: "helai", Quantity: 3, Value: 90_001, Estimated: true},
		},
		Period: aid.Period{From: day, To: day.Plus(2)}, Route: aid.Direct, Class: aid.Classes[f.made%len(aid.Classes)], Name: "Toko \"Maju\", Jaya", Salt: fmt.Sprint("garam-", f.made),
		Collaborator: aid.CollaboratorID(fmt.Sprint("rahasia-", f.made%7)), State: aid.Submitted, Version: 1, VerifyBy: now.Add(time.Hour), Demo: true,
	}
	c, err := c.Verified(now, f.pack.Catalogue())
	if err != nil {
		panic(err)
	}
	return c
}

// move lets a commitment make one move by the rules; where they refuse what was
// drawn, it stays as it was.
func (f *facts) move(rng *rand.Rand, c aid.Commitment, now time.Time) aid.Commitment {
	cat := f.pack.Catalogue()
	some := func(most []int64) []int64 {
		n := make([]int64, len(most))
		for i, m := range most {
			n[i] = rng.Int64N(max(0, m) + 1)
		}
		return n
	}
	delivery := func() aid.Delivery {
		if len(c.Deliveries) == 0 {
			return aid.Delivery{ID: "unknown"}
		}
		return c.Deliveries[rng.IntN(len(c.Deliveries))]
	}
	var after aid.Commitment
	var err error
	switch rng.IntN(8) {
	case 0:
		after, err = c.Spoken(aid.Steward, now, cat)
	case 1, 2:
		after, err = c.SignedAs(fmt.Sprintf("sha256-%064x", rng.Uint64()), now, cat)
	case 3, 4:
		after, err = c.Reported(aid.DeliveryReport{
			ID: aid.DeliveryID(fmt.Sprint("delivery-", rng.Uint32())), On: aid.DayOf(now, cat.Zone), Quantities: some(c.Outstanding()),
		}, now, cat)
	case 5, 6:
		d := delivery()
		after, err = c.ReceivedAs(aid.ReceiptAnswer{
			Delivery: d.ID, Answer: []aid.Answer{aid.Full, aid.Fewer, aid.None}[rng.IntN(3)], Quantities: some(d.Quantities), Via: aid.ViaSteward,
		}, now, cat)
	case 7:
		after, err = c.WithdrawnFor("changed_plan", aid.Collaborator, now, cat)
	}
	if err != nil {
		return c
	}
	return after
}

// correct changes what is known of a place, and records that it was.
func (f *facts) correct(rng *rand.Rand, now time.Time) {
	leaf, p := f.any(rng)
	p.Recipient.Households += 1 + rng.Int64N(3)
	f.corrections[leaf] = append(f.corrections[leaf], aid.Correction{On: now, Reason: fmt.Sprintf("KK %s dihitung ulang", p.Recipient.ID), By: "kelurahan"})
}

// plain prints and renders everything that it is given, but generations.
type plain struct{}

func (plain) PDF(r report.Report, source report.Source) ([]byte, error) {
	return dump(r.Period, r.Revision, r.Reason, r.Paragraphs, source)
}

func (plain) Workbook(w io.Writer, r report.Report, open release.OpenTable) error {
	return bind(w, r.Period, r.Tables, open)
}

func (plain) Tables(w io.Writer, title string, _ time.Time, tables []report.Table, open release.OpenTable) error {
	var sources []report.Source
	for _, t := range tables {
		sources = append(sources, report.Source{Table: t.Name})
	}
	return bind(w, title, sources, open)
}

func bind(w io.Writer, title string, tables []report.Source, open release.OpenTable) error {
	if _, err := io.WriteString(w, title+"\n"); err != nil {
		return err
	}
	for _, t := range tables {
		in, err := open(t.Table)
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, in); err != nil {
			return err
		}
		if err := in.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (plain) Reports(i report.Index) ([]byte, error) { return dump(i.Reports) }

func (plain) Report(r report.Report, revisions []report.Revision, source report.Source, near report.Near) ([]byte, error) {
	return dump(r.Period, r.Revision, r.Paragraphs, revisions, source, near)
}

func (plain) Collaborators(c report.Collaborators, source report.Source) ([]byte, error) {
	return dump(c.AsOf, c.Classes, c.Named, source)
}

func (plain) Data(o report.Open, tables []report.Table) ([]byte, error) {
	return dump(o.AsOf, o.Areas, o.Releases, len(tables))
}

func dump(v ...any) ([]byte, error) {
	b, err := json.Marshal(v)
	return append(b, '\n'), err
}

// published puts a manifest into a store, as the first publication does.
func published(ctx context.Context, store publish.Store) error {
	body, err := json.Marshal(publish.Manifest{Generation: 1, AsOf: "2026-05-01T00:00:00.000Z", Region: "34", Root: "data/v1/areas/34.json", Schema: "/data/schemas/manifest.json"})
	if err != nil {
		return err
	}
	return store.Put(ctx, publish.File{Path: publish.ManifestPath, Body: body}, publish.Absent)
}

// nobody subscribed.
type nobody struct{}

func (nobody) AnnounceReport(context.Context, string, int, time.Time) error { return nil }

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
