package tabletest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// Edits is the part of a [Store] that offices edit.
type Edits interface {
	PutRecipient(context.Context, table.RecipientEdit) error
	Versions(context.Context, aid.RecipientID) ([]aid.RecipientVersion, error)
	StewardsWith(ctx context.Context, phone string) ([]aid.RecipientID, error)
	PutNeed(context.Context, table.NeedEdit) error
	CloseRecipient(context.Context, table.Closing) error
	Audit(ctx context.Context, q table.AuditQuery, cursor string, limit int) ([]table.Act, string, error)
}

// RunEdits tries every promise of package table about what offices edit on
// stores that open makes, empty and independent of each other.
func RunEdits(t *testing.T, open func(testing.TB) Store) {
	for _, claim := range []claim{
		{"AnEditedRecipientKeepsItsFigures", editedKeepsFigures},
		{"AnEditKeepsWhatWasThere", editKeepsVersion},
		{"OfTwoEditsTheSecondIsTold", secondEditIsTold},
		{"ANewRecipientIsThereOnce", newRecipient},
		{"FewerHouseholdsAreACorrection", fewerHouseholds},
		{"AStewardIsFoundByTheNumberOfNow", stewardsWith},
		{"AnImportLeavesWhatAnOfficeEdited", importLeavesEdits},
		{"ANeedKeepsItsBalance", needKeepsBalance},
		{"AnEditedNeedWaitsFromItsNewDay", needWaits},
		{"NoLessIsNeededThanIsPromised", needPromised},
		{"ANewNeedIsThereOnce", newNeed},
		{"AClosedRecipientNeedsWhatIsPromised", closedNeedsPromised},
		{"ClosingBesidePledgesKeepsTheBalance", closingBesidePledges},
		{"ARecipientIsMergedIntoAnOpenOne", merged},
		{"EveryEditIsRecordedWithWhoMadeIt", editsRecorded},
	} {
		t.Run(claim.name, func(t *testing.T) {
			t.Parallel()
			claim.try(t, open(t))
		})
	}
}

// editOf returns an edit of a recipient as it stands, an hour past noon.
func editOf(t testing.TB, s Store, id aid.RecipientID, change func(*aid.Recipient)) table.RecipientEdit {
	t.Helper()
	p, leaf, err := s.Place(t.Context(), id)
	must(t, err)
	e := table.RecipientEdit{Before: p.Recipient, After: p.Recipient, Leaf: leaf, By: aid.StaffAssessor, At: Noon.Add(time.Hour)}
	change(&e.After)
	return e
}

// needEditOf returns an edit of the RW's need as it stands.
func needEditOf(t testing.TB, s Store, p aid.PackageID, change func(*aid.Need)) table.NeedEdit {
	t.Helper()
	e := table.NeedEdit{Leaf: Leaf, By: aid.StaffAssessor, At: Noon.Add(time.Hour)}
	for _, n := range place(t, s).Needs {
		if n.Package == p {
			e.Before, e.After = n, n
		}
	}
	change(&e.After)
	return e
}

func rename(r *aid.Recipient) { r.Name = "RW 03" }

func editedKeepsFigures(t *testing.T, s Store) {
	load(t, s)
	pledged(t, s, 1, Units("sembako", 30), Gift(5000))
	before := place(t, s)
	e := editOf(t, s, RW, func(r *aid.Recipient) { r.Name, r.Households, r.Flags, r.Closed = "RW 03", 500, nil, false })
	must(t, s.PutRecipient(t.Context(), e))
	want := before
	want.Recipient = e.After
	want.Recipient.Edits = 1
	want.Activity.Rev++
	want.Activity.UpdatedAt = e.At
	same(t, "edited place", place(t, s), want)
	if _, found, err := s.Correction(t.Context(), Leaf); found || err != nil {
		t.Errorf("Correction after more households = %v, %v; want none", found, err)
	}
}

func editKeepsVersion(t *testing.T, s Store) {
	load(t, s)
	if none, err := s.Versions(t.Context(), RW); err != nil || none == nil || len(none) != 0 {
		t.Errorf("Versions = %#v, %v; want empty, not nil", none, err)
	}
	first := editOf(t, s, RW, rename)
	must(t, s.PutRecipient(t.Context(), first))
	second := editOf(t, s, RW, func(r *aid.Recipient) { r.Steward, r.Address = "Bapak Contoh", "Jl. Contoh 4" })
	second.Steward, second.By, second.At = &aid.Contact{Name: "Bapak Contoh", Phone: "+620000000099"}, aid.StaffAdmin, Noon.Add(2*time.Hour)
	must(t, s.PutRecipient(t.Context(), second))
	got, err := s.Versions(t.Context(), RW)
	must(t, err)
	want := []aid.RecipientVersion{
		{Version: 3, At: second.At, By: aid.StaffAdmin, Changed: []string{"address", "steward", "contact"}, Before: second.Before},
		{Version: 2, At: first.At, By: aid.StaffAssessor, Changed: []string{"name"}, Before: first.Before},
	}
	for i := range want {
		want[i].Before.Steward = "" // a name must not stay anywhere when the person goes
	}
	same(t, "versions", got, want)
	contact, err := s.Steward(t.Context(), RW)
	must(t, err)
	same(t, "contact", contact, *second.Steward)
}

func secondEditIsTold(t *testing.T, s Store) {
	load(t, s)
	mine, theirs := editOf(t, s, RW, rename), editOf(t, s, RW, func(r *aid.Recipient) { r.Address = "Jl. Lain" })
	must(t, s.PutRecipient(t.Context(), theirs))
	wants(t, "edit of what was there before", s.PutRecipient(t.Context(), mine), aid.ErrStale)
	wants(t, "closing what was there before", s.CloseRecipient(t.Context(), table.Closing{Recipient: mine.Before, Leaf: Leaf, Closed: true, At: Noon}), aid.ErrStale)
	p := place(t, s)
	same(t, "address", p.Recipient.Address, "Jl. Lain")
	same(t, "name", p.Recipient.Name, mine.Before.Name)
	gone := mine
	gone.Before.ID, gone.After.ID = "31.74.01.1001.009", "31.74.01.1001.009"
	wants(t, "edit of what is not there", s.PutRecipient(t.Context(), gone), aid.ErrStale)
	mine = editOf(t, s, RW, rename)
	mine.After.ID = Panti
	if err := s.PutRecipient(t.Context(), mine); err == nil {
		t.Error("an edit made another recipient of it")
	}
}

func newRecipient(t *testing.T, s Store) {
	load(t, s)
	const id = aid.RecipientID("31.74.01.1001-panti-2")
	e := table.RecipientEdit{
		After: aid.Recipient{ID: id, Name: "Panti Baru", Kind: "panti", Area: "31.74.01.1001", Point: aid.Point{Lng: 106.91, Lat: -6.11}, Households: 3, Steward: "Bu Baru"},
		Leaf:  Leaf, Steward: &aid.Contact{Name: "Bu Baru", Phone: "+620000000055"}, By: aid.StaffAssessor, At: Noon,
	}
	must(t, s.PutRecipient(t.Context(), e))
	got, leaf, err := s.Place(t.Context(), id)
	must(t, err)
	same(t, "leaf", leaf, Leaf)
	same(t, "place", got, aid.Place{Recipient: e.After, Activity: aid.Activity{Rev: 1, UpdatedAt: Noon}})
	wants(t, "the same recipient again", s.PutRecipient(t.Context(), e), aid.ErrExists)
	versions, err := s.Versions(t.Context(), id)
	must(t, err)
	same(t, "versions", versions, []aid.RecipientVersion{{Version: 1, At: Noon, By: aid.StaffAssessor, Changed: []string{"new"}}})
	contact, err := s.Steward(t.Context(), id)
	must(t, err)
	same(t, "contact", contact, *e.Steward)
	// What is promised to it finds its counters.
	need := table.NeedEdit{After: aid.Need{ID: aid.NeedOf(id, "sembako"), Recipient: id, Package: "sembako", Program: "pangan", Needed: 4, ConfirmedOn: Today}, Leaf: Leaf, At: Noon}
	must(t, s.PutNeed(t.Context(), need))
	in := Submission(1, aid.Line{Need: need.After.ID, Package: "sembako", Quantity: 4, Unit: "paket"})
	in.Commitment.Recipient, in.Credential.Recipient = id, id
	before, _, err := s.Submit(t.Context(), in)
	must(t, err)
	must(t, Pledge(t.Context(), s, before, verified(t, before), Noon))
	for _, refused := range []aid.RecipientID{"", "!x", "31.74.01.1001-panti#3"} {
		e.After.ID = refused
		if err := s.PutRecipient(t.Context(), e); err == nil {
			t.Errorf("%q became a recipient", refused)
		}
	}
}

func fewerHouseholds(t *testing.T, s Store) {
	load(t, s)
	e := editOf(t, s, RW, func(r *aid.Recipient) { r.Households-- })
	must(t, s.PutRecipient(t.Context(), e))
	c, found, err := s.Correction(t.Context(), Leaf)
	must(t, err)
	if !found || !c.On.Equal(e.At) || !strings.Contains(c.Reason, string(RW)) || c.By == "" {
		t.Errorf("correction = %+v, %v; want one of the edit", c, found)
	}
}

func stewardsWith(t *testing.T, s Store) {
	load(t, s)
	const shared = "+620000000003" // of the RW
	found := func(phone string, want ...aid.RecipientID) {
		t.Helper()
		got, err := s.StewardsWith(t.Context(), phone)
		must(t, err)
		if got == nil {
			t.Error("nobody is nil")
		}
		same(t, "recipients with "+phone, got, want)
	}
	found(shared, RW)
	found("")
	found("+620000000404")
	e := editOf(t, s, Workshop, func(*aid.Recipient) {})
	e.Steward = &aid.Contact{Name: "Bu Contoh", Phone: shared}
	must(t, s.PutRecipient(t.Context(), e))
	found(shared, RW, Workshop)
	found("+620000000007") // of the workshop, until now
	listings := Listings()
	listings[0].Steward.Phone = "+620000000066"
	must(t, s.Load(t.Context(), listings, Catalogue(), Noon))
	found(shared, Workshop)
	found("+620000000066", RW)
}

func importLeavesEdits(t *testing.T, s Store) {
	load(t, s)
	e := editOf(t, s, RW, rename)
	e.Steward = &aid.Contact{Name: "Ibu Contoh", Phone: "+620000000099"}
	must(t, s.PutRecipient(t.Context(), e))
	n := needEditOf(t, s, "sembako", func(n *aid.Need) { n.Needed = 70 })
	must(t, s.PutNeed(t.Context(), n))
	before := place(t, s)
	load(t, s)
	same(t, "place after an older import", place(t, s), before)
	contact, err := s.Steward(t.Context(), RW)
	must(t, err)
	same(t, "contact after an older import", contact, *e.Steward)
	// One that was made from what stands replaces it.
	listings := Listings()
	listings[0].Recipient.Name, listings[0].Recipient.Edits = "RW 003", 1
	must(t, s.Load(t.Context(), listings, Catalogue(), Noon))
	same(t, "name after an import that knows of the edit", place(t, s).Recipient.Name, "RW 003")
}

func needKeepsBalance(t *testing.T, s Store) {
	load(t, s)
	pledged(t, s, 1, Units("sembako", 30))
	before := place(t, s)
	e := needEditOf(t, s, "sembako", func(n *aid.Need) {
		n.Needed, n.Source, n.ConfirmedOn, n.ConfirmedBy = 250, "survei", "2026-03-01", "petugas"
		n.Committed, n.Received = 99, 99 // are not looked at
	})
	must(t, s.PutNeed(t.Context(), e))
	want := before.Needs[1]
	want.Needed, want.Source, want.ConfirmedOn, want.ConfirmedBy, want.Edits = 250, "survei", "2026-03-01", "petugas", 1
	want.Earlier = []aid.Level{{Until: e.At, Needed: 100}}
	after := place(t, s)
	same(t, "need", after.Needs[1], want)
	same(t, "revision", after.Activity.Rev, before.Activity.Rev+1)
	if _, found, _ := s.Correction(t.Context(), Leaf); found {
		t.Error("more is needed, and a correction says that totals may fall")
	}
	wants(t, "edit of what was there before", s.PutNeed(t.Context(), e), aid.ErrStale)
	less := needEditOf(t, s, "sembako", func(n *aid.Need) { n.Needed = 40 })
	less.At = Noon.Add(2 * time.Hour)
	must(t, s.PutNeed(t.Context(), less))
	same(t, "what remains", place(t, s).Needs[1].Remaining(), int64(10))
	if c, found, _ := s.Correction(t.Context(), Leaf); !found || !c.On.Equal(less.At) {
		t.Errorf("correction = %+v, %v; want one of the edit", c, found)
	}
	// The steward says that what is promised is enough, between reading and writing.
	mine := needEditOf(t, s, "sembako", func(n *aid.Need) { n.Needed = 41 })
	must(t, s.ConfirmNeed(t.Context(), Leaf, mine.Before.ID, false, Today, "ketua RW", Noon.Add(3*time.Hour)))
	wants(t, "edit of what the steward has changed", s.PutNeed(t.Context(), mine), aid.ErrStale)
}

func needWaits(t *testing.T, s Store) {
	load(t, s)
	must(t, s.PutNeed(t.Context(), needEditOf(t, s, "lebaran", func(n *aid.Need) { n.ConfirmedOn = Today.Plus(3) })))
	must(t, s.PutNeed(t.Context(), table.NeedEdit{Leaf: Leaf, At: Noon, After: aid.Need{
		ID: aid.NeedOf(Panti, "lebaran"), Recipient: Panti, Package: "lebaran", Program: "pangan", Needed: 7, ConfirmedOn: Today.Plus(2),
	}}))
	ids := []string{}
	for _, w := range lane(t, s, aid.LaneStale) {
		ids = append(ids, w.ID)
	}
	want := []string{string(aid.NeedOf(Panti, "sembako")), string(aid.NeedOf(RW, "sembako")), string(aid.NeedOf(Panti, "lebaran")), string(aid.NeedOf(RW, "lebaran"))}
	same(t, "needs, longest unconfirmed first", ids, want)
}

func needPromised(t *testing.T, s Store) {
	load(t, s)
	pledged(t, s, 1, Units("sembako", 30))
	before := place(t, s)
	err := s.PutNeed(t.Context(), needEditOf(t, s, "sembako", func(n *aid.Need) { n.Needed = 29 }))
	var refused *aid.InvalidError
	if !errors.As(err, &refused) {
		t.Fatalf("29 needed of 30 promised: %v; want a refusal", err)
	}
	same(t, "refusal", refused.Fields, []aid.Field{{Pointer: "/needed", Code: "promised", Detail: "30 are promised already"}})
	same(t, "place", place(t, s), before)
	must(t, s.PutNeed(t.Context(), needEditOf(t, s, "sembako", func(n *aid.Need) { n.Needed = 30 })))
	c, after := submit(t, s, 2, Units("sembako", 1))
	overRemaining(t, "Pledge", Pledge(t.Context(), s, c, after, Noon), aid.NeedOf(RW, "sembako"), 0)
}

func newNeed(t *testing.T, s Store) {
	load(t, s)
	need := aid.Need{ID: aid.NeedOf(Workshop, "lebaran"), Recipient: Workshop, Package: "lebaran", Program: "pangan", Needed: 7, Source: "survei", ConfirmedOn: Today, ConfirmedBy: "petugas", Received: 5}
	e := table.NeedEdit{After: need, Leaf: WorkshopLeaf, By: aid.StaffAssessor, At: Noon}
	must(t, s.PutNeed(t.Context(), e))
	got, _, err := s.Place(t.Context(), Workshop)
	must(t, err)
	need.Received, need.Earlier = 0, []aid.Level{{Until: Noon}}
	same(t, "needs", got.Needs, []aid.Need{need})
	wants(t, "the same need again", s.PutNeed(t.Context(), e), aid.ErrStale)
	e.After.Recipient, e.After.ID = "31.74.01.1002-umkm-8", aid.NeedOf("31.74.01.1002-umkm-8", "lebaran")
	wants(t, "need of nobody", s.PutNeed(t.Context(), e), aid.ErrNotFound)
	e.After.ID = need.ID
	if err := s.PutNeed(t.Context(), e); err == nil {
		t.Error("a need of one recipient was put under the identifier of another")
	}
}

func closedNeedsPromised(t *testing.T, s Store) {
	load(t, s)
	pledged(t, s, 1, Units("sembako", 30))
	before := place(t, s)
	at := Noon.Add(2 * time.Hour)
	must(t, s.CloseRecipient(t.Context(), table.Closing{Recipient: before.Recipient, Leaf: Leaf, Closed: true, By: aid.StaffAssessor, At: at}))
	got := place(t, s)
	want := before
	want.Recipient.Closed, want.Recipient.Edits = true, 1
	want.Activity.Rev++
	want.Activity.UpdatedAt = at
	want.Needs = []aid.Need{before.Needs[0].Changed(0, at), before.Needs[1].Changed(30, at)}
	same(t, "closed place", got, want)
	if c, found, _ := s.Correction(t.Context(), Leaf); !found || !c.On.Equal(at) {
		t.Errorf("correction = %+v, %v; want one of the closing", c, found)
	}
	must(t, s.CloseRecipient(t.Context(), table.Closing{Recipient: got.Recipient, Leaf: Leaf, By: aid.StaffAssessor, At: at.Add(time.Hour)}))
	again := place(t, s)
	same(t, "needs of one that opened again", again.Needs, got.Needs)
	same(t, "closed", again.Recipient.Closed, false)
	versions, err := s.Versions(t.Context(), RW)
	must(t, err)
	if len(versions) != 2 {
		t.Errorf("%d versions; want the closing and the opening", len(versions))
	}
}

func closingBesidePledges(t *testing.T, s Store) {
	load(t, s)
	const pledges = 10
	open := place(t, s).Recipient
	atOnce(t, pledges+1, func(n int) error {
		if n == 0 {
			return s.CloseRecipient(t.Context(), table.Closing{Recipient: open, Leaf: Leaf, Closed: true, By: aid.StaffAdmin, At: Noon})
		}
		before, _, err := s.Submit(t.Context(), Submission(n, Units("sembako", 5)))
		if err != nil {
			return err
		}
		after, err := before.Verified(Noon.Add(time.Hour), Catalogue())
		if err != nil {
			return err
		}
		err = Pledge(t.Context(), s, before, after, Noon)
		var over *aid.OverRemainingError
		if errors.As(err, &over) {
			return nil
		}
		return err
	})
	p := place(t, s)
	for _, n := range p.Needs {
		if n.Remaining() != 0 {
			t.Errorf("%s: %d remain at a closed recipient", n.ID, n.Remaining())
		}
	}
}

func merged(t *testing.T, s Store) {
	load(t, s)
	p := place(t, s)
	into := func(id aid.RecipientID, code string) {
		t.Helper()
		err := s.CloseRecipient(t.Context(), table.Closing{Recipient: p.Recipient, Leaf: Leaf, Closed: true, Into: id, By: aid.StaffAssessor, At: Noon})
		var refused *aid.InvalidError
		if !errors.As(err, &refused) || refused.Fields[0].Pointer != "/into" || refused.Fields[0].Code != code {
			t.Errorf("merged into %q: %v; want /into %s", id, err, code)
		}
	}
	into("31.74.01.1002-umkm-404", "unknown")
	into(RW, "unknown")
	into(Panti, "closed")
	same(t, "place after refusals", place(t, s), p)
	must(t, s.CloseRecipient(t.Context(), table.Closing{Recipient: p.Recipient, Leaf: Leaf, Closed: true, Into: Workshop, By: aid.StaffAssessor, At: Noon}))
	got := place(t, s).Recipient
	if !got.Closed || got.Into != Workshop {
		t.Errorf("merged = closed %v into %q", got.Closed, got.Into)
	}
	must(t, s.CloseRecipient(t.Context(), table.Closing{Recipient: got, Leaf: Leaf, By: aid.StaffAssessor, At: Noon}))
	if got = place(t, s).Recipient; got.Closed || got.Into != "" {
		t.Errorf("opened again = closed %v into %q", got.Closed, got.Into)
	}
}

func editsRecorded(t *testing.T, s Store) {
	load(t, s)
	acting := func(n int, at time.Time, action string) context.Context {
		return table.Acting(t.Context(), table.Act{
			ID: string(CommitmentID(7000 + n)), At: at.Add(time.Duration(n) * time.Minute), By: "officer", Role: aid.StaffAssessor,
			Deed: aid.EditRecipients, Action: action, Object: "recipient/" + string(RW), Reason: "survei",
		})
	}
	act := func(n int, action string) context.Context { return acting(n, Noon, action) }
	again := func(n int, action string) context.Context { return acting(n, Noon.Add(time.Hour), action) }
	e := editOf(t, s, RW, rename)
	must(t, s.PutRecipient(act(1, "edit"), e))
	must(t, s.PutNeed(act(2, "need"), needEditOf(t, s, "sembako", func(n *aid.Need) { n.Needed = 70 })))
	must(t, s.CloseRecipient(act(3, "close"), table.Closing{Recipient: place(t, s).Recipient, Leaf: Leaf, Closed: true, At: Noon}))
	before := place(t, s)
	// The same requests, later, because their answers were lost.
	must(t, s.PutRecipient(again(1, "edit"), e))
	must(t, s.CloseRecipient(again(3, "close"), table.Closing{Recipient: before.Recipient, Leaf: Leaf, Closed: true, At: Noon.Add(time.Hour)}))
	same(t, "place after repeats", place(t, s), before)
	wants(t, "another edit of what was there before", s.PutRecipient(act(4, "edit"), e), aid.ErrStale)
	acts, _, err := s.Audit(t.Context(), table.AuditQuery{Object: "recipient/" + string(RW)}, "", 10)
	must(t, err)
	actions := []string{}
	for _, a := range acts {
		actions = append(actions, a.Action)
	}
	same(t, "acts", actions, []string{"close", "need", "edit"})
}
