package aid

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ksbb/shared/area"
)

// poolRules is a region with two partners, and a package that has no price.
var poolRules = &Catalogue{
	Programs: map[ProgramID]Program{"pangan": {ID: "pangan", Running: true}, "benih": {ID: "benih"}},
	Packages: map[PackageID]Package{
		"sembako":    {ID: "sembako", Program: "pangan", Unit: "paket", Prices: []Price{{From: "2025-01-01", Amount: 200_000}}},
		"siap-saji":  {ID: "siap-saji", Program: "pangan", Unit: "porsi", DirectOnly: true},
		"smartphone": {ID: "smartphone", Program: "pangan", Unit: "unit"},
		"bibit":      {ID: "bibit", Program: "benih", Unit: "ikat"},
	},
	Kinds:  map[KindID]Kind{"rw": {ID: "rw", Group: "warga"}},
	Groups: map[GroupID]Group{"warga": {ID: "warga", Level: area.Kecamatan}},
	Aggregators: map[AggregatorID]Aggregator{
		"pmi":  {ID: "pmi", Permit: Permit{Number: "1", Until: "2025-12-31"}},
		"beku": {ID: "beku", Permit: Permit{Number: "2", Until: "2025-12-31"}, Frozen: poolNoon.Add(-time.Hour)},
		"lama": {ID: "lama", Permit: Permit{Number: "3", Until: "2025-09-09"}},
	},
	Limits: Limits{MaxLines: 3, MaxUnits: 100, MaxValue: 10_000_000, MaxPeriodDays: 30, MaxLeadDays: 30, VerifyHours: 24, ContactHours: 48, NudgeHours: [2]int{24, 40}},
	Zone:   time.FixedZone("WIB", 7*3600),
}

var poolNoon = time.Date(2025, 9, 10, 5, 0, 0, 0, time.UTC)

func dial(typed string) (string, bool) { return "+62" + typed, typed != "nol" }

func wholePool() PoolDraft {
	return PoolDraft{
		ID: "p", Aggregator: "pmi", Giver: Giver{Name: " Budi  Contoh ", Class: Individual, ShowName: true}, ReceivedOn: "2025-09-10",
		Lines: []PoolDraftLine{{Package: "sembako", Quantity: 50}, {Package: "smartphone", Quantity: 4, Value: 8_000_001}},
	}
}

// codes lists what an error says is wrong, as "pointer code".
func codes(err error) []string {
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		return nil
	}
	var all []string
	for _, f := range invalid.Fields {
		all = append(all, f.Pointer+" "+f.Code)
	}
	return all
}

func TestAPoolAsksForNoContact(t *testing.T) {
	t.Parallel()
	p, contact, _, err := wholePool().Check(poolRules, dial, poolNoon)
	if err != nil || p.Name != "Budi Contoh" || contact != (Contact{Name: "Budi Contoh"}) || p.Lines[0].Left != 50 || p.Lines[1].Unit != "unit" {
		t.Errorf("pool %+v of %+v, %v", p, contact, err)
	}
	d := wholePool()
	d.Giver.ShowName = false
	if p, contact, _, err := d.Check(poolRules, dial, poolNoon); err != nil || p.Name != "" || contact.Name != "Budi Contoh" {
		t.Errorf("pool without a name shown: %+v of %+v, %v", p, contact, err)
	}
}

func TestAPoolIsRefusedForAllThatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*PoolDraft)
		want  []string
	}{
		"frozen":      {func(d *PoolDraft) { d.Aggregator = "beku" }, []string{"/aggregator frozen"}},
		"permit over": {func(d *PoolDraft) { d.Aggregator = "lama" }, []string{"/aggregator permit"}},
		"nobody":      {func(d *PoolDraft) { d.Aggregator = "x"; d.Giver = Giver{} }, []string{"/aggregator unknown", "/donor/name required", "/donor/class required"}},
		"contact":     {func(d *PoolDraft) { d.Giver.Email, d.Giver.Phone, d.Giver.Class = "x", "nol", "x" }, []string{"/donor/class unknown", "/donor/email email", "/donor/phone phone"}},
		"nothing":     {func(d *PoolDraft) { d.Lines, d.ReceivedOn = nil, "" }, []string{"/lines required", "/receivedOn required"}},
		"tomorrow":    {func(d *PoolDraft) { d.ReceivedOn = "2025-09-11" }, []string{"/receivedOn future"}},
		"lines": {func(d *PoolDraft) {
			d.Lines = []PoolDraftLine{{Package: "siap-saji", Quantity: 1}, {Package: "x", Quantity: 1}, {Quantity: 0}, {Package: "sembako", Quantity: 1, Value: 1}, {Package: "sembako", Quantity: MaxPoolUnits + 1}}
		}, []string{"/lines/0/package direct_only", "/lines/1/package unknown", "/lines/2/package required", "/lines/2/quantity too_small", "/lines/3/value not_allowed", "/lines/4/package duplicate", "/lines/4/quantity too_large"}},
	} {
		d := wholePool()
		c.spoil(&d)
		if _, _, _, err := d.Check(poolRules, dial, poolNoon); !slices.Equal(codes(err), c.want) {
			t.Errorf("%s: %v; want %v", name, codes(err), c.want)
		}
	}
}

// poolPlace needs 30 sembako, 3 smartphones, 9 portions and 5 bundles of seedlings.
func poolPlace() Place {
	r := RecipientID("31.74.01.1001.003")
	place := Place{Recipient: Recipient{ID: r, Kind: "rw", Area: "31.74.01.1001.003"}}
	for _, n := range []struct {
		pack    PackageID
		program ProgramID
		needed  int64
	}{{"sembako", "pangan", 30}, {"smartphone", "pangan", 3}, {"siap-saji", "pangan", 9}, {"bibit", "benih", 5}} {
		place.Needs = append(place.Needs, Need{ID: NeedOf(r, n.pack), Recipient: r, Program: n.program, Package: n.pack, Needed: n.needed})
	}
	return place
}

func partDraft(lines ...any) PartDraft {
	place := poolPlace()
	d := PartDraft{ID: "0198c0de-0000-7000-8000-000000000001", Recipient: place.Recipient.ID, Period: Period{From: "2025-09-11", To: "2025-09-12"}}
	for i := 0; i < len(lines); i += 2 {
		d.Lines = append(d.Lines, PartLine{NeedOf(place.Recipient.ID, PackageID(fmt.Sprint(lines[i]))), int64(lines[i+1].(int))})
	}
	return d
}

func TestAPartIsASignedCommitmentWorthItsShare(t *testing.T) {
	t.Parallel()
	p, _, _, err := wholePool().Check(poolRules, dial, poolNoon)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Part(partDraft("sembako", 20, "smartphone", 3), poolRules, poolPlace(), poolNoon)
	if err != nil {
		t.Fatal(err)
	}
	if c.State != Signed || c.Pool != "p" || c.Aggregator != "pmi" || c.Program != "pangan" || c.Name != "Budi Contoh" || !c.ContactBy.Equal(poolNoon.Add(48*time.Hour)) {
		t.Errorf("part %+v", c)
	}
	if a, b := c.Lines[0], c.Lines[1]; a.Value != 4_000_000 || a.Estimated || b.Value != 6_000_000 || !b.Estimated {
		t.Errorf("worth %d and %d; want 4,000,000 at the price and 6,000,000 of the 8,000,001 that four are said to be worth", a.Value, b.Value)
	}
	if held := c.Held(); held["sembako"] != 20 || held["smartphone"] != 3 {
		t.Errorf("it holds %v of its pool", held)
	}
	back, err := c.WithdrawnFor("other", Collaborator, poolNoon, poolRules)
	if err != nil || len(back.Held()) != 0 {
		t.Errorf("taken back, it holds %v, %v", back.Held(), err)
	}
	if was, ok := c.AsOf(poolNoon.Add(time.Hour), poolRules); !ok || was.State != Signed {
		t.Errorf("an hour later it was %s, %t", was.State, ok)
	}
}

func TestAPartIsRefusedForAllThatIsWrong(t *testing.T) {
	t.Parallel()
	p, _, _, err := wholePool().Check(poolRules, dial, poolNoon)
	if err != nil {
		t.Fatal(err)
	}
	p.Lines = append(p.Lines, PoolLine{Package: "siap-saji", Quantity: 9, Left: 9}, PoolLine{Package: "bibit", Quantity: 9, Left: 9})
	p.Lines[0].Left = 35
	for name, c := range map[string]struct {
		draft PartDraft
		spoil func(*Place, *PartDraft)
		want  []string
	}{
		"over the pool": {partDraft("sembako", 36), nil, []string{"/lines/0/quantity pool"}},
		"ready meals":   {partDraft("siap-saji", 1), nil, []string{"/lines/0/need direct_only"}},
		"two programs":  {partDraft("sembako", 1, "bibit", 1), nil, []string{"/lines/1/need mixed_program"}},
		"not running":   {partDraft("bibit", 1), nil, []string{"/program not_running"}},
		"twice":         {partDraft("sembako", 1, "sembako", 1), nil, []string{"/lines/1/need duplicate"}},
		"nothing":       {partDraft(), nil, []string{"/lines required"}},
		"none of it":    {partDraft("sembako", 0), nil, []string{"/lines/0/quantity too_small"}},
		"no such need":  {partDraft("laptop", 1, "", 1), func(_ *Place, d *PartDraft) { d.Lines[1].Need = "" }, []string{"/lines/0/need unknown", "/lines/1/need required"}},
		"many lines":    {partDraft("a", 1, "b", 1, "c", 1, "d", 1), nil, []string{"/lines too_long"}},
		"closed":        {partDraft("sembako", 1), func(p *Place, _ *PartDraft) { p.Recipient.Closed = true }, []string{"/recipient closed"}},
		"nowhere":       {partDraft("sembako", 1), func(p *Place, _ *PartDraft) { *p = Place{} }, []string{"/recipient unknown"}},
		"past":          {partDraft("sembako", 1), func(_ *Place, d *PartDraft) { d.Period.From = "2025-09-01" }, []string{"/period/from past"}},
		"not held":      {partDraft("laptop", 1), func(p *Place, d *PartDraft) { p.Needs[0].Package, p.Needs[0].ID = "laptop", d.Lines[0].Need }, []string{"/lines/0/need not_in_pool"}},
	} {
		place := poolPlace()
		if c.spoil != nil {
			c.spoil(&place, &c.draft)
		}
		if _, err := p.Part(c.draft, poolRules, place, poolNoon); !slices.Equal(codes(err), c.want) {
			t.Errorf("%s: %v (%v); want %v", name, codes(err), err, c.want)
		}
	}
	var over *OverRemainingError
	if _, err := p.Part(partDraft("sembako", 31), poolRules, poolPlace(), poolNoon); !errors.As(err, &over) || over.Remaining != 30 {
		t.Errorf("31 of 30 that are needed: %v", err)
	}
	for id, want := range map[AggregatorID]string{"beku": "/aggregator frozen", "lama": "/aggregator permit"} {
		p.Aggregator = id
		if _, err := p.Part(partDraft("sembako", 1), poolRules, poolPlace(), poolNoon); !slices.Equal(codes(err), []string{want}) {
			t.Errorf("a part by %s: %v", id, err)
		}
	}
}

func TestAFrozenAggregatorVerifiesNothing(t *testing.T) {
	t.Parallel()
	c := Commitment{State: Submitted, Route: Aggregate, Aggregator: "beku", VerifyBy: poolNoon.Add(time.Hour)}
	if _, err := c.Verified(poolNoon, poolRules); !slices.Equal(codes(err), []string{"/aggregator frozen"}) {
		t.Errorf("verified through a frozen aggregator: %v", err)
	}
}
