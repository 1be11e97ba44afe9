package tabletest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// Amendable is the part of a [Store] that holds the catalogue and pools.
type Amendable interface {
	Catalogue(context.Context) ([]aid.Amendment, error)
	CatalogueHistory(ctx context.Context, list aid.List, id string) ([]aid.Amendment, error)
	PutCatalogueEntry(context.Context, aid.Amendment) error
	Rescheduled(ctx context.Context, c aid.Commitment, due time.Time) error
	PermitEnd(context.Context, aid.AggregatorID) (aid.Day, bool, error)
	SetPermitEnd(context.Context, aid.AggregatorID, aid.Day) error

	AddPool(context.Context, aid.Pool, table.Donor) error
	Pool(context.Context, aid.AggregatorID, aid.PoolID) (aid.Pool, error)
	Pools(ctx context.Context, a aid.AggregatorID, after aid.PoolID, limit int) ([]aid.Pool, error)
	PoolParts(context.Context, aid.PoolID) ([]table.PoolPart, error)
	Donor(context.Context, aid.PoolID) (table.Donor, error)
	AddPart(context.Context, table.Part) (stored aid.Commitment, repeated bool, err error)
}

// RunCatalogue tries every promise of package table about the catalogue and
// about pools on stores that open makes, empty and independent of each other.
func RunCatalogue(t *testing.T, open func(testing.TB) Store) {
	for _, claim := range []claim{
		{"AnAmendedEntryKeepsItsVersions", amended},
		{"OfTwoAmendmentsTheSecondIsTold", secondAmendmentIsTold},
		{"AnAmendmentIsRecordedWithWhoMadeIt", amendmentRecorded},
		{"WhatIsDueIsFoundAtItsNewInstant", rescheduled},
		{"TheEndOfAPermitIsRemembered", permitEnds},
		{"APoolComesBackAsItWas", poolKept},
		{"PoolsAreListedTheNewestFirst", poolsListed},
		{"APartTakesFromPoolAndNeed", partTakes},
		{"APartRepeatedTakesOnce", partRepeated},
		{"NoPartTakesMoreThanThePoolHolds", partOverPool},
		{"NoPartTakesMoreThanIsNeeded", partOverNeed},
		{"WhatIsNotDeliveredComesBackToItsPool", partComesBack},
		{"ManyPartsAtOnceNeverExceedPoolOrNeed", manyParts},
		{"WhatIsNoPartIsRefused", noPart},
	} {
		t.Run(claim.name, func(t *testing.T) {
			t.Parallel()
			claim.try(t, open(t))
		})
	}
}

// Carrier is the aggregator of that region.
const Carrier = aid.AggregatorID("penyalur")

// CarriedCatalogue is [Catalogue] with an aggregator.
func CarriedCatalogue() *aid.Catalogue {
	c := Catalogue()
	c.Aggregators = map[aid.AggregatorID]aid.Aggregator{
		Carrier: {ID: Carrier, Name: "Penyalur Contoh", Permit: aid.Permit{Number: "CONTOH", Until: "2030-12-31"}},
	}
	c.Limits.MaxLines, c.Limits.MaxUnits, c.Limits.MaxValue = 20, 1_000_000, 100_000_000_000
	return c
}

// PoolID returns the nth of as many identifiers as a test needs.
func PoolID(n int) aid.PoolID { return aid.PoolID(fmt.Sprintf("0198c0de-0001-7000-8000-%012x", n)) }

// PoolOf returns the nth pool, of so many sembako and lebaran.
func PoolOf(n int, sembako, lebaran int64) aid.Pool {
	p := aid.Pool{
		ID: PoolID(n), Aggregator: Carrier, Name: "PT Contoh", Class: aid.Business, Collaborator: aid.CollaboratorID(fmt.Sprint("donor-", n)),
		ReceivedOn: Today, CreatedAt: Noon,
	}
	for pack, units := range map[aid.PackageID]int64{"lebaran": lebaran, "sembako": sembako} {
		if units > 0 {
			p.Lines = append(p.Lines, aid.PoolLine{Package: pack, Quantity: units, Left: units, Unit: "paket"})
		}
	}
	if len(p.Lines) == 2 && p.Lines[0].Package > p.Lines[1].Package {
		p.Lines[0], p.Lines[1] = p.Lines[1], p.Lines[0]
	}
	return p
}

// PartOf returns the nth commitment as a part of a pool as it stands: so many
// sembako for the RW.
func PartOf(s Store, ctx context.Context, p aid.Pool, n int, sembako int64) (table.Part, error) {
	place, _, err := s.Place(ctx, RW)
	if err != nil {
		return table.Part{}, err
	}
	id := CommitmentID(n)
	c, err := p.Part(aid.PartDraft{
		ID: id, Recipient: RW, Lines: []aid.PartLine{{Need: aid.NeedOf(RW, "sembako"), Quantity: sembako}},
		Period: aid.Period{From: "2026-03-05", To: "2026-03-06"},
	}, CarriedCatalogue(), place, Noon)
	c.Salt = fmt.Sprint("salt-", n)
	return partWith(c, fmt.Sprint("fingerprint-", n)), err
}

func partWith(c aid.Commitment, fingerprint string) table.Part {
	return table.Part{
		Commitment: c, Fingerprint: fingerprint, Letters: []aid.LetterKind{aid.LetterStewardPledged},
		Credential: aid.Credential{
			Commitment: c.ID, Recipient: c.Recipient, Contact: aid.Contact{Name: "Penyalur Contoh", Email: "penyalur@contoh.example"},
			Language: "id", SecretVersion: 1, SecretHash: aid.Hash("secret"), VerifiedAt: Noon,
		},
	}
}

func newPool(t testing.TB, s Store, n int, sembako, lebaran int64) aid.Pool {
	t.Helper()
	p := PoolOf(n, sembako, lebaran)
	must(t, s.AddPool(t.Context(), p, table.Donor{Contact: aid.Contact{Name: "PT Contoh", Email: "pt@contoh.example"}, Note: "lewat truk"}))
	return p
}

func part(t testing.TB, s Store, p aid.Pool, n int, sembako int64) aid.Commitment {
	t.Helper()
	made, err := PartOf(s, t.Context(), p, n, sembako)
	must(t, err)
	c, repeated, err := s.AddPart(t.Context(), made)
	must(t, err)
	if repeated {
		t.Fatalf("part %d was there already", n)
	}
	return c
}

// left returns what no part of a pool holds of a package.
func left(t testing.TB, s Store, id aid.PoolID, pack aid.PackageID) int64 {
	t.Helper()
	p, err := s.Pool(t.Context(), Carrier, id)
	must(t, err)
	l, ok := p.Line(pack)
	if !ok {
		t.Fatalf("pool %s has no %s", id, pack)
	}
	return l.Left
}

func entryOf(version int64, name string) aid.Amendment {
	return aid.Amendment{
		List: aid.AggregatorList, ID: "penyalur", Entry: []byte(`{"id":"penyalur","name":"` + name + `"}`), Version: version, At: Noon.Add(time.Duration(version) * time.Hour),
	}
}

func amended(t *testing.T, s Store) {
	ctx := t.Context()
	if all, err := s.Catalogue(ctx); all == nil || len(all) != 0 || err != nil {
		t.Errorf("nothing amended: %#v, %v; want empty, not nil", all, err)
	}
	program := aid.Amendment{List: aid.ProgramList, ID: "pangan", Entry: []byte(`{"id":"pangan"}`), Version: 1, At: Noon}
	for _, a := range []aid.Amendment{program, entryOf(1, "satu"), entryOf(2, "dua"), entryOf(1, "satu"), entryOf(2, "dua")} {
		must(t, s.PutCatalogueEntry(ctx, a))
	}
	all, err := s.Catalogue(ctx)
	must(t, err)
	same(t, "catalogue", all, []aid.Amendment{entryOf(2, "dua"), program})
	history, err := s.CatalogueHistory(ctx, aid.AggregatorList, "penyalur")
	must(t, err)
	same(t, "history", history, []aid.Amendment{entryOf(1, "satu"), entryOf(2, "dua")})
	if none, err := s.CatalogueHistory(ctx, aid.PackageList, "penyalur"); len(none) != 0 || err != nil {
		t.Errorf("history of what was never amended: %v, %v", none, err)
	}
	_, err = s.CatalogueHistory(ctx, "kinds", "rw")
	wants(t, "history of no list", err, aid.ErrNotFound)
	wants(t, "entry of no list", s.PutCatalogueEntry(ctx, aid.Amendment{List: "kinds", ID: "rw", Entry: []byte("{}"), Version: 1}), aid.ErrNotFound)
}

func secondAmendmentIsTold(t *testing.T, s Store) {
	ctx := t.Context()
	wants(t, "a version after none", s.PutCatalogueEntry(ctx, entryOf(2, "dua")), aid.ErrStale)
	must(t, s.PutCatalogueEntry(ctx, entryOf(1, "satu")))
	wants(t, "another first version", s.PutCatalogueEntry(ctx, entryOf(1, "uno")), aid.ErrStale)
	wants(t, "a version that skips one", s.PutCatalogueEntry(ctx, entryOf(3, "tiga")), aid.ErrStale)
	var wg sync.WaitGroup
	told := make(chan error, 5)
	for n := range cap(told) {
		wg.Go(func() { told <- s.PutCatalogueEntry(ctx, entryOf(2, fmt.Sprint("dua", n))) })
	}
	wg.Wait()
	close(told)
	won := 0
	for err := range told {
		if err == nil {
			won++
		} else {
			wants(t, "one of several at once", err, aid.ErrStale)
		}
	}
	history, err := s.CatalogueHistory(ctx, aid.AggregatorList, "penyalur")
	must(t, err)
	if won != 1 || len(history) != 2 {
		t.Errorf("%d of 5 editors at once won, and %d versions are kept; want 1 and 2", won, len(history))
	}
}

func amendmentRecorded(t *testing.T, s Store) {
	act := table.Act{ID: "0198c0de-0000-7000-8000-00000000acde", At: Noon, By: "officer-1", Name: "Petugas Contoh", Role: aid.StaffAdmin,
		Deed: aid.EditAggregators, Action: "freeze", Object: "aggregator/penyalur", Reason: "izin diperiksa"}
	ctx := table.Acting(t.Context(), act)
	for range 2 {
		must(t, s.PutCatalogueEntry(ctx, entryOf(1, "satu")))
	}
	acts, _, err := s.Audit(t.Context(), table.AuditQuery{Object: act.Object}, "", 10)
	must(t, err)
	if len(acts) != 1 || acts[0].Reason != act.Reason {
		t.Errorf("acts %+v; want the one", acts)
	}
}

func rescheduled(t *testing.T, s Store) {
	load(t, s)
	c := pledged(t, s, 1, Units("sembako", 10))
	due := func(at time.Time) (n int) {
		must(t, s.DueBy(t.Context(), at, func(table.Due) error { n++; return nil }))
		return n
	}
	at := Noon.AddDate(0, 3, 0)
	must(t, s.Rescheduled(t.Context(), c, at))
	if due(at.Add(-time.Millisecond)) != 0 || due(at) != 1 {
		t.Errorf("due %d before the new instant and %d at it", due(at.Add(-time.Millisecond)), due(at))
	}
	must(t, s.Rescheduled(t.Context(), c, time.Time{}))
	if due(at.AddDate(10, 0, 0)) != 0 {
		t.Error("due at no instant, and found")
	}
	stored, err := s.Commitment(t.Context(), RW, c.ID)
	must(t, err)
	c.DueAt = time.Time{}
	same(t, "rescheduled commitment", stored, c)
	c.Version--
	wants(t, "one that moved meanwhile", s.Rescheduled(t.Context(), c, at), aid.ErrStale)
	c.ID = CommitmentID(99)
	wants(t, "an unknown one", s.Rescheduled(t.Context(), c, at), aid.ErrNotFound)
}

func permitEnds(t *testing.T, s Store) {
	if end, known, err := s.PermitEnd(t.Context(), Carrier); end != "" || known || err != nil {
		t.Errorf("before it was recorded: %q, %t, %v", end, known, err)
	}
	for _, day := range []aid.Day{"2030-12-31", "2026-03-09"} {
		must(t, s.SetPermitEnd(t.Context(), Carrier, day))
		if end, known, err := s.PermitEnd(t.Context(), Carrier); end != day || !known || err != nil {
			t.Errorf("recorded as %s: %q, %t, %v", day, end, known, err)
		}
	}
	if end, known, err := s.PermitEnd(t.Context(), "lain"); end != "" || known || err != nil {
		t.Errorf("of another: %q, %t, %v", end, known, err)
	}
}

func poolKept(t *testing.T, s Store) {
	ctx := t.Context()
	p := newPool(t, s, 1, 30, 5)
	must(t, s.AddPool(ctx, p, table.Donor{}))
	got, err := s.Pool(ctx, Carrier, p.ID)
	must(t, err)
	same(t, "pool", got, p)
	donor, err := s.Donor(ctx, p.ID)
	must(t, err)
	same(t, "donor", donor, table.Donor{Contact: aid.Contact{Name: "PT Contoh", Email: "pt@contoh.example"}, Note: "lewat truk"})
	other := PoolOf(1, 31, 5)
	wants(t, "another pool of that id", s.AddPool(ctx, other, table.Donor{}), aid.ErrExists)
	other = PoolOf(1, 30, 5)
	other.Aggregator = "lain"
	wants(t, "a pool of that id of another aggregator", s.AddPool(ctx, other, table.Donor{}), aid.ErrExists)
	_, err = s.Pool(ctx, "lain", p.ID)
	wants(t, "the pool of another aggregator", err, aid.ErrNotFound)
	_, err = s.Donor(ctx, PoolID(2))
	wants(t, "donor of an unknown pool", err, aid.ErrNotFound)
	if parts, err := s.PoolParts(ctx, p.ID); parts == nil || len(parts) != 0 || err != nil {
		t.Errorf("parts of a whole pool: %#v, %v; want empty, not nil", parts, err)
	}
}

func poolsListed(t *testing.T, s Store) {
	for n := range 5 {
		newPool(t, s, n+1, 10, 0)
	}
	var ids []aid.PoolID
	after := aid.PoolID("")
	for {
		page, err := s.Pools(t.Context(), Carrier, after, 2)
		must(t, err)
		for _, p := range page {
			ids = append(ids, p.ID)
		}
		if len(page) < 2 {
			break
		}
		after = page[1].ID
	}
	same(t, "pools", ids, []aid.PoolID{PoolID(5), PoolID(4), PoolID(3), PoolID(2), PoolID(1)})
	none, err := s.Pools(t.Context(), "lain", "", 2)
	must(t, err)
	if none == nil || len(none) != 0 {
		t.Errorf("pools of another aggregator: %#v", none)
	}
}

func partTakes(t *testing.T, s Store) {
	load(t, s)
	p := newPool(t, s, 1, 30, 5)
	before := place(t, s)
	c := part(t, s, p, 1, 12)
	if c.State != aid.Signed || c.Pool != p.ID || c.Aggregator != Carrier || c.DisplayName() != "PT Contoh" || c.Route != aid.Aggregate {
		t.Errorf("part %+v", c)
	}
	stored, err := s.Commitment(t.Context(), RW, c.ID)
	must(t, err)
	same(t, "stored part", stored, c)
	if n := committed(t, s, "sembako"); n != 12 {
		t.Errorf("%d sembako are committed; want 12", n)
	}
	if after := place(t, s); after.Activity.Rev != before.Activity.Rev+1 || after.Activity.Open != 1 {
		t.Errorf("activity %+v after %+v", after.Activity, before.Activity)
	}
	if n, m := left(t, s, p.ID, "sembako"), left(t, s, p.ID, "lebaran"); n != 18 || m != 5 {
		t.Errorf("%d sembako and %d lebaran are left; want 18 and 5", n, m)
	}
	parts, err := s.PoolParts(t.Context(), p.ID)
	must(t, err)
	same(t, "parts", parts, []table.PoolPart{{Recipient: RW, Commitment: c.ID}})
	if _, err := s.Letter(t.Context(), table.LetterKeyOf(c.ID, c.Version, aid.LetterStewardPledged)); err != nil {
		t.Errorf("the steward gets no letter: %v", err)
	}
	if r, id, err := s.Find(t.Context(), c.ID.Number()); r != RW || id != c.ID || err != nil {
		t.Errorf("found by its number: %s, %s, %v", r, id, err)
	}
	if _, err := s.Credential(t.Context(), c.ID); err != nil {
		t.Errorf("credential: %v", err)
	}
}

func partRepeated(t *testing.T, s Store) {
	load(t, s)
	p := newPool(t, s, 1, 30, 0)
	made, err := PartOf(s, t.Context(), p, 1, 12)
	must(t, err)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, _, err := s.AddPart(t.Context(), made); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	stored, repeated, err := s.AddPart(t.Context(), made)
	must(t, err)
	same(t, "repeated part", stored, made.Commitment)
	if !repeated || left(t, s, p.ID, "sembako") != 18 || committed(t, s, "sembako") != 12 {
		t.Errorf("repeated %t, %d left, %d committed", repeated, left(t, s, p.ID, "sembako"), committed(t, s, "sembako"))
	}
	made.Fingerprint = "another"
	_, _, err = s.AddPart(t.Context(), made)
	wants(t, "something else under its id", err, aid.ErrExists)
}

// short fails unless err refuses because so many units are left in a pool.
func short(t testing.TB, what string, err error, units int64) {
	t.Helper()
	var invalid *aid.InvalidError
	want := aid.OverPool(0, units)
	if !errors.As(err, &invalid) {
		t.Errorf("%s = %v; want %v", what, err, want)
		return
	}
	same(t, what, error(invalid), want)
}

func partOverPool(t *testing.T, s Store) {
	load(t, s)
	p := newPool(t, s, 1, 10, 0)
	made, err := PartOf(s, t.Context(), p, 1, 8)
	must(t, err)
	again, err := PartOf(s, t.Context(), p, 2, 3) // decided on the pool as it was
	must(t, err)
	_, _, err = s.AddPart(t.Context(), made)
	must(t, err)
	_, _, err = s.AddPart(t.Context(), again)
	short(t, "3 of 2", err, 2)
	if _, err := s.Commitment(t.Context(), RW, again.Commitment.ID); !errors.Is(err, aid.ErrNotFound) {
		t.Errorf("the refused part is there: %v", err)
	}
	if left(t, s, p.ID, "sembako") != 2 || committed(t, s, "sembako") != 8 {
		t.Errorf("%d left, %d committed", left(t, s, p.ID, "sembako"), committed(t, s, "sembako"))
	}
	gone := again
	gone.Commitment.Pool = PoolID(9)
	_, _, err = s.AddPart(t.Context(), gone)
	wants(t, "a part of no pool", err, aid.ErrNotFound)
}

func partOverNeed(t *testing.T, s Store) {
	load(t, s)
	p := newPool(t, s, 1, 1000, 0)
	made, err := PartOf(s, t.Context(), p, 2, 50)
	must(t, err)
	part(t, s, p, 1, 60)
	_, _, err = s.AddPart(t.Context(), made)
	overRemaining(t, "50 of 40", err, aid.NeedOf(RW, "sembako"), 40)
	if left(t, s, p.ID, "sembako") != 940 || committed(t, s, "sembako") != 60 {
		t.Errorf("%d left, %d committed", left(t, s, p.ID, "sembako"), committed(t, s, "sembako"))
	}
}

func partComesBack(t *testing.T, s Store) {
	load(t, s)
	ctx, cat := t.Context(), CarriedCatalogue()
	p := newPool(t, s, 1, 50, 0)
	move := func(before, after aid.Commitment, err error) aid.Commitment {
		t.Helper()
		must(t, err)
		last := after.Log[len(after.Log)-1]
		must(t, s.Move(ctx, table.Change{Move: last.Move, Before: before, After: after, At: last.At}))
		must(t, s.Move(ctx, table.Change{Move: last.Move, Before: before, After: after, At: last.At})) // twice is once
		place(t, s)
		return after
	}
	later := Noon.Add(time.Hour)
	first := part(t, s, p, 1, 20)
	back, err := first.WithdrawnFor("cannot_deliver", aid.Collaborator, later, cat)
	move(first, back, err)
	if n := left(t, s, p.ID, "sembako"); n != 50 {
		t.Errorf("%d left after the part was taken back; want 50", n)
	}
	second := part(t, s, p, 2, 30)
	reported, err := second.Reported(aid.DeliveryReport{ID: "0198c0de-0002-7000-8000-000000000001", On: Today, Quantities: []int64{25}}, later, cat)
	reported = move(second, reported, err)
	if n := left(t, s, p.ID, "sembako"); n != 20 {
		t.Errorf("%d left while 30 are on their way; want 20", n)
	}
	received, err := reported.ReceivedAs(aid.ReceiptAnswer{Delivery: reported.Deliveries[0].ID, Answer: aid.Full, Via: aid.ViaSteward}, later, cat)
	received = move(reported, received, err)
	released, err := received.WithdrawnFor("changed_plan", aid.Collaborator, later, cat)
	move(received, released, err)
	if n := left(t, s, p.ID, "sembako"); n != 25 {
		t.Errorf("%d left after 25 were received and the rest released; want 25", n)
	}
	third := part(t, s, p, 3, 10)
	lapsed, m, _, ok := third.Elapsed(third.ContactBy, cat)
	if !ok || m != aid.Lapse {
		t.Fatalf("nobody was spoken to in time, and time did %q", m)
	}
	must(t, s.Move(ctx, table.Change{Move: m, Before: third, After: lapsed, At: third.ContactBy}))
	if n := left(t, s, p.ID, "sembako"); n != 25 {
		t.Errorf("%d left after a part lapsed; want 25", n)
	}
	part(t, s, p, 4, 20)
	renewed, err := lapsed.RenewedAt(third.ContactBy.Add(time.Hour), cat)
	must(t, err)
	err = s.Move(ctx, table.Change{Move: aid.Renew, Before: lapsed, After: renewed, At: third.ContactBy.Add(time.Hour)})
	short(t, "renewed after another took it", err, 5)
	place(t, s)
}

func manyParts(t *testing.T, s Store) {
	load(t, s)
	ctx := t.Context()
	pools := []aid.Pool{newPool(t, s, 1, 40, 0), newPool(t, s, 2, 80, 0)} // the RW needs 100
	var wg sync.WaitGroup
	for client := range 6 {
		wg.Go(func() {
			for i := range 12 {
				p := pools[(client+i)%2]
				n := client*100 + i
				made, err := PartOf(s, ctx, p, n, 5)
				var over *aid.OverRemainingError
				if errors.As(err, &over) {
					continue
				}
				if err != nil {
					t.Errorf("part %d: %v", n, err)
					continue
				}
				var invalid *aid.InvalidError
				c, _, err := s.AddPart(ctx, made)
				switch {
				case err == nil && i%3 == 0:
					after, err := c.WithdrawnFor("changed_plan", aid.Collaborator, Noon.Add(time.Hour), CarriedCatalogue())
					if err != nil {
						t.Error(err)
						continue
					}
					if err := s.Move(ctx, table.Change{Move: aid.Withdraw, Before: c, After: after, At: Noon.Add(time.Hour)}); err != nil && !errors.Is(err, aid.ErrBusy) {
						t.Errorf("withdraw part %d: %v", n, err)
					}
				case err == nil || errors.As(err, &over) || errors.As(err, &invalid) || errors.Is(err, aid.ErrBusy):
				default:
					t.Errorf("part %d: %v", n, err)
				}
			}
		})
	}
	wg.Wait()
	place(t, s) // balanced
	for _, p := range pools {
		now, err := s.Pool(ctx, Carrier, p.ID)
		must(t, err)
		if err := PoolBalance(ctx, s, now); err != nil {
			t.Error(err)
		}
	}
}

// PoolBalance tells what is wrong with a pool: what is left of it and what its
// parts hold must be what was received, and neither below zero.
func PoolBalance(ctx context.Context, s Store, p aid.Pool) error {
	parts, err := s.PoolParts(ctx, p.ID)
	if err != nil {
		return err
	}
	held := map[aid.PackageID]int64{}
	for _, part := range parts {
		c, err := s.Commitment(ctx, part.Recipient, part.Commitment)
		if err != nil {
			return err
		}
		for pack, n := range c.Held() {
			held[pack] += n
		}
	}
	for _, l := range p.Lines {
		if l.Left < 0 || l.Left+held[l.Package] != l.Quantity {
			return fmt.Errorf("pool %s received %d %s, parts hold %d and %d are left", p.ID, l.Quantity, l.Package, held[l.Package], l.Left)
		}
	}
	return nil
}

func noPart(t *testing.T, s Store) {
	load(t, s)
	p := newPool(t, s, 1, 30, 0)
	made, err := PartOf(s, t.Context(), p, 1, 12)
	must(t, err)
	for name, spoil := range map[string]func(*table.Part){
		"no pool":              func(p *table.Part) { p.Commitment.Pool = "" },
		"not signed":           func(p *table.Part) { p.Commitment.State = aid.Pledged },
		"another's credential": func(p *table.Part) { p.Credential.Commitment = CommitmentID(7) },
		"a need of another": func(p *table.Part) {
			p.Commitment.Lines = []aid.Line{{Need: aid.NeedOf(Panti, "sembako"), Package: "sembako", Quantity: 1}}
		},
		"a need of another kind": func(p *table.Part) {
			p.Commitment.Lines = []aid.Line{{Need: aid.NeedOf(RW, "lebaran"), Package: "sembako", Quantity: 1}}
		},
		"nothing": func(p *table.Part) {
			p.Commitment.Lines = []aid.Line{{Need: aid.NeedOf(RW, "sembako"), Package: "sembako"}}
		},
	} {
		spoilt := made
		spoil(&spoilt)
		if _, _, err := s.AddPart(t.Context(), spoilt); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if left(t, s, p.ID, "sembako") != 30 {
		t.Error("what was refused took something")
	}
}
