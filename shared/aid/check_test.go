package aid

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// The smallest world in which every rule can be broken: a town with one RW.
var (
	town  = time.FixedZone("WIB", 7*3600)
	noon  = time.Date(2021, 4, 24, 5, 0, 0, 0, time.UTC) // 12.00 on 2021-04-24 in town
	rules = &Catalogue{
		Zone: town,
		Programs: map[ProgramID]Program{
			"pangan": {ID: "pangan", Running: true}, "umkm": {ID: "umkm", Running: true}, "seni": {ID: "seni"},
		},
		Packages: map[PackageID]Package{
			"sembako": {ID: "sembako", Program: "pangan", Unit: "paket", Equivalents: true,
				Prices: []Price{{"2020-04-23", 200_000}, {"2021-04-25", 250_000}}},
			"siap-saji": {ID: "siap-saji", Program: "pangan", Unit: "porsi", DirectOnly: true, Prices: []Price{{"2020-04-23", 45_000}}},
			"modal":     {ID: "modal", Program: "umkm", Unit: "usaha", Modality: Loan},
		},
		Kinds:  map[KindID]Kind{"rw": {ID: "rw", Group: "wilayah"}},
		Groups: map[GroupID]Group{"wilayah": {ID: "wilayah", Level: 3}},
		Aggregators: map[AggregatorID]Aggregator{
			"act":     {ID: "act", Permit: Permit{Number: "1", Until: "2021-05-10"}},
			"lama":    {ID: "lama", Permit: Permit{Number: "2", Until: "2021-04-23"}},
			"dicabut": {ID: "dicabut", Permit: Permit{Number: "3", Until: "2022-01-01", Revoked: "2021-01-01"}},
		},
		Limits: Limits{MaxLines: 4, MaxUnits: 10_000, MaxValue: 1_000_000_000, MaxPeriodDays: 30, MaxLeadDays: 60, VerifyHours: 24, ContactHours: 48},
	}
	rw   = RecipientID("31.74.01.1001.003")
	here = Place{
		Recipient: Recipient{ID: rw, Kind: "rw", Area: "31.74.01.1001.003"},
		Needs: []Need{
			{ID: NeedOf(rw, "modal"), Program: "umkm", Package: "modal", Needed: 10},
			{ID: NeedOf(rw, "sembako"), Program: "pangan", Package: "sembako", Needed: 100, Committed: 30, Delivered: 10, Received: 20},
			{ID: NeedOf(rw, "siap-saji"), Program: "pangan", Package: "siap-saji", Needed: 400},
		},
	}
)

func draft() Draft {
	return Draft{
		ID:        someID,
		Recipient: rw,
		Program:   "pangan",
		Lines:     []DraftLine{{Need: NeedOf(rw, "sembako"), Quantity: 40}},
		Period:    Period{From: "2021-04-24", To: "2021-05-01"},
		Route:     Direct,
		Giver:     Giver{Name: " Siti  Aminah ", Class: Individual, ShowName: true, Email: "Siti@Example.com", Phone: "0811 0000 000"},
		Accepted:  true,
		SignedBy:  "Siti Aminah",
	}
}

// readPhone knows one number.
func readPhone(s string) (string, bool) { return "+628110000000", s == "0811 0000 000" }

func TestRightDraftBecomesAPromiseThatHoldsNothing(t *testing.T) {
	p, err := draft().Check(rules, here, readPhone, noon.Add(123456789*time.Nanosecond))
	if err != nil {
		t.Fatal(err)
	}
	c := p.Commitment
	if c.State != Submitted || c.State.Counts() || c.Version != 1 || !c.PledgedAt.IsZero() {
		t.Errorf("state %s, version %d: must hold nothing", c.State, c.Version)
	}
	if want := noon.Add(123 * time.Millisecond); !c.SubmittedAt.Equal(want) || !c.VerifyBy.Equal(want.Add(24*time.Hour)) {
		t.Errorf("submitted %s, verify by %s; want %s and a day later", c.SubmittedAt, c.VerifyBy, want)
	}
	if want := (Line{Need: NeedOf(rw, "sembako"), Package: "sembako", Quantity: 40, Unit: "paket", Value: 8_000_000}); c.Lines[0] != want {
		t.Errorf("line %+v; want %+v (the price of today, not of tomorrow)", c.Lines[0], want)
	}
	if c.Leaf != (Leaf{"31.74.01", "wilayah"}) || c.Name != "Siti Aminah" {
		t.Errorf("leaf %s, name %q", c.Leaf, c.Name)
	}
	if want := (Contact{"Siti Aminah", "siti@example.com", "+628110000000"}); p.Contact != want {
		t.Errorf("contact %+v; want %+v", p.Contact, want)
	}
	if p.Statement.SignedBy != "Siti Aminah" || p.Language != "id" {
		t.Errorf("statement %+v, language %q", p.Statement, p.Language)
	}
}

func TestHiddenNameStaysInTheContactOnly(t *testing.T) {
	d := draft()
	d.Giver.ShowName = false
	p, err := d.Check(rules, here, readPhone, noon)
	if err != nil {
		t.Fatal(err)
	}
	if p.Commitment.Name != "" || p.Commitment.DisplayName() != HambaAllah || p.Contact.Name != "Siti Aminah" {
		t.Errorf("public %q, private %q", p.Commitment.Name, p.Contact.Name)
	}
}

func TestLinesAreWorthWhatTheCatalogueOrTheGiverSays(t *testing.T) {
	d := draft()
	d.Lines = []DraftLine{
		{Need: NeedOf(rw, "sembako"), Quantity: 10},
		{Need: NeedOf(rw, "sembako"), Quantity: 30, Equivalent: " 30 karung  beras "},
		{Free: &FreeAid{Description: "tenda", Unit: "buah", Quantity: 3, Value: 4_500_000}},
	}
	p, err := d.Check(rules, here, readPhone, noon)
	if err != nil {
		t.Fatal(err)
	}
	want := []Line{
		{Need: NeedOf(rw, "sembako"), Package: "sembako", Quantity: 10, Unit: "paket", Value: 2_000_000},
		{Need: NeedOf(rw, "sembako"), Package: "sembako", Quantity: 30, Unit: "paket", Value: 6_000_000, Equivalent: "30 karung beras"},
		{Free: "tenda", Quantity: 3, Unit: "buah", Value: 4_500_000, Estimated: true},
	}
	if !slices.Equal(p.Commitment.Lines, want) {
		t.Errorf("lines\n%+v; want\n%+v", p.Commitment.Lines, want)
	}

	d.Program, d.Lines = "umkm", []DraftLine{{Need: NeedOf(rw, "modal"), Quantity: 2}}
	if p, err = d.Check(rules, here, readPhone, noon); err != nil || !p.Commitment.Lines[0].Estimated || p.Commitment.Lines[0].Value != 0 {
		t.Errorf("a package without a price: %+v, %v; want an estimate of 0", p.Commitment.Lines, err)
	}
	d.Lines[0].Value = 7_000_000
	if p, err = d.Check(rules, here, readPhone, noon); err != nil || !p.Commitment.Lines[0].Estimated || p.Commitment.Lines[0].Value != 7_000_000 {
		t.Errorf("a package without a price: %+v, %v; want the giver's estimate", p.Commitment.Lines, err)
	}
}

func TestEveryRuleNamesItsField(t *testing.T) {
	sembako, saji, modal := NeedOf(rw, "sembako"), NeedOf(rw, "siap-saji"), NeedOf(rw, "modal")
	free := func(f FreeAid) func(*Draft) { return func(d *Draft) { d.Lines = []DraftLine{{Free: &f}} } }
	line := func(l DraftLine) func(*Draft) { return func(d *Draft) { d.Lines = []DraftLine{l} } }
	for name, test := range map[string]struct {
		spoil func(*Draft)
		want  string // "pointer code", comma separated
	}{
		"no recipient":            {func(d *Draft) { d.Recipient = "" }, "/recipient required"},
		"another recipient":       {func(d *Draft) { d.Recipient = "31.74.01.1001.004" }, "/recipient unknown"},
		"no program":              {func(d *Draft) { d.Program = "" }, "/program required, /lines/0/need mixed_program"},
		"unknown program":         {func(d *Draft) { d.Program = "x" }, "/program unknown, /lines/0/need mixed_program"},
		"planned program":         {func(d *Draft) { d.Program = "seni"; free(FreeAid{"a", "b", 1, 1})(d) }, "/program not_running"},
		"no lines":                {func(d *Draft) { d.Lines = nil }, "/lines required"},
		"too many lines":          {func(d *Draft) { d.Lines = make([]DraftLine, 5) }, "/lines too_long"},
		"empty line":              {line(DraftLine{}), "/lines/0/quantity too_small, /lines/0/need required"},
		"need and free":           {line(DraftLine{Need: sembako, Quantity: 1, Free: &FreeAid{"a", "b", 1, 1}}), "/lines/0/free duplicate"},
		"unknown need":            {line(DraftLine{Need: "x", Quantity: 1}), "/lines/0/need unknown"},
		"need of another program": {line(DraftLine{Need: modal, Quantity: 1}), "/lines/0/need mixed_program"},
		"same need twice":         {func(d *Draft) { d.Lines = append(d.Lines, d.Lines[0]) }, "/lines/1/need duplicate"},
		"zero quantity":           {line(DraftLine{Need: sembako}), "/lines/0/quantity too_small"},
		"negative quantity":       {line(DraftLine{Need: sembako, Quantity: -1}), "/lines/0/quantity too_small"},
		"huge quantity":           {line(DraftLine{Need: sembako, Quantity: 1 << 62}), "/lines/0/quantity too_large"},
		"worth too much":          {line(DraftLine{Need: sembako, Quantity: 5_001}), "/lines/0/quantity too_large"},
		"worth too much together": {func(d *Draft) {
			d.Lines = []DraftLine{{Free: &FreeAid{"a", "b", 1, 600_000_000}}, {Free: &FreeAid{"c", "d", 1, 600_000_000}}}
		}, "/lines too_large"},
		"own price": {line(DraftLine{Need: sembako, Quantity: 1, Value: 1}), "/lines/0/value not_allowed"},
		"negative estimate": {func(d *Draft) {
			d.Program, d.Lines = "umkm", []DraftLine{{Need: modal, Quantity: 1, Value: -1}}
		}, "/lines/0/value too_small"},
		"huge estimate": {func(d *Draft) {
			d.Program, d.Lines = "umkm", []DraftLine{{Need: modal, Quantity: 1, Value: 1 << 62}, {Need: modal, Quantity: 1, Value: 1 << 62, Equivalent: "x"}}
		}, "/lines/0/value too_large, /lines/1/equivalent not_allowed, /lines/1/value too_large"},
		"blank equivalent":       {line(DraftLine{Need: sembako, Quantity: 1, Equivalent: "  "}), "/lines/0/equivalent required"},
		"equivalent not allowed": {line(DraftLine{Need: saji, Quantity: 1, Equivalent: "roti"}), "/lines/0/equivalent not_allowed"},
		"bidi in equivalent":     {line(DraftLine{Need: sembako, Quantity: 1, Equivalent: "a\u202eb"}), "/lines/0/equivalent text"},
		"long equivalent":        {line(DraftLine{Need: sembako, Quantity: 1, Equivalent: strings.Repeat("a", 201)}), "/lines/0/equivalent too_long"},
		"free without words":     {free(FreeAid{Quantity: 1}), "/lines/0/free/description required, /lines/0/free/unit required"},
		"free with control":      {free(FreeAid{"a\x00", "b", 1, 1}), "/lines/0/free/description text"},
		"long unit":              {free(FreeAid{"a", strings.Repeat("b", 41), 1, 1}), "/lines/0/free/unit too_long"},
		"free of none":           {free(FreeAid{"a", "b", 0, 1}), "/lines/0/free/quantity too_small"},
		"free beyond limits":     {free(FreeAid{"a", "b", 10_001, 1_000_000_001}), "/lines/0/free/quantity too_large, /lines/0/free/value too_large"},
		"free of negative value": {free(FreeAid{"a", "b", 1, -1}), "/lines/0/free/value too_small"},
		"no period":              {func(d *Draft) { d.Period = Period{} }, "/period/from required, /period/to required"},
		"not days":               {func(d *Draft) { d.Period = Period{"2021-02-30", "besok"} }, "/period/from date, /period/to date"},
		"yesterday":              {func(d *Draft) { d.Period.From = "2021-04-23" }, "/period/from past"},
		"ends before it begins":  {func(d *Draft) { d.Period = Period{"2021-04-26", "2021-04-25"} }, "/period/to order"},
		"too long a period":      {func(d *Draft) { d.Period.To = "2021-05-25" }, "/period/to too_large"},
		"too far ahead":          {func(d *Draft) { d.Period = Period{"2021-06-24", "2021-06-24"} }, "/period/from too_large"},
		"end of time":            {func(d *Draft) { d.Period = Period{"9999-12-31", "9999-12-31"} }, "/period/from too_large"},
		"no route":               {func(d *Draft) { d.Route = "" }, "/route required"},
		"unknown route":          {func(d *Draft) { d.Route = "pos" }, "/route unknown"},
		"direct with aggregator": {func(d *Draft) { d.Aggregator = "act" }, "/aggregator unknown"},
		"no aggregator":          {func(d *Draft) { d.Route = Aggregate }, "/aggregator required"},
		"unknown aggregator":     {func(d *Draft) { d.Route, d.Aggregator = Aggregate, "x" }, "/aggregator unknown"},
		"expired permit":         {func(d *Draft) { d.Route, d.Aggregator = Aggregate, "lama" }, "/aggregator permit"},
		"revoked permit":         {func(d *Draft) { d.Route, d.Aggregator = Aggregate, "dicabut" }, "/aggregator permit"},
		"permit ends too early":  {func(d *Draft) { d.Route, d.Aggregator, d.Period.To = Aggregate, "act", "2021-05-11" }, "/aggregator permit"},
		"ready meals pooled": {func(d *Draft) { d.Route, d.Aggregator = Aggregate, "act"; line(DraftLine{Need: saji, Quantity: 1})(d) },
			"/route direct_only"},
		"no name":             {func(d *Draft) { d.Giver.Name = " " }, "/collaborator/name required"},
		"no name, hidden":     {func(d *Draft) { d.Giver.Name, d.Giver.ShowName = "", false }, "/collaborator/name required"},
		"bidi in name":        {func(d *Draft) { d.Giver.Name = "a\u2067b" }, "/collaborator/name text"},
		"long name":           {func(d *Draft) { d.Giver.Name = strings.Repeat("a", 81) }, "/collaborator/name too_long"},
		"no class":            {func(d *Draft) { d.Giver.Class = "" }, "/collaborator/class required"},
		"unknown class":       {func(d *Draft) { d.Giver.Class = "robot" }, "/collaborator/class unknown"},
		"no e-mail":           {func(d *Draft) { d.Giver.Email = " " }, "/collaborator/email required"},
		"bad e-mail":          {func(d *Draft) { d.Giver.Email = "siti@localhost" }, "/collaborator/email email"},
		"no phone":            {func(d *Draft) { d.Giver.Phone = "" }, "/collaborator/phone required"},
		"bad phone":           {func(d *Draft) { d.Giver.Phone = "12" }, "/collaborator/phone phone"},
		"not accepted":        {func(d *Draft) { d.Accepted = false }, "/statement/accepted accepted"},
		"not signed":          {func(d *Draft) { d.SignedBy = "\n" }, "/statement/signedBy signed"},
		"signed with control": {func(d *Draft) { d.SignedBy = "a\x07b" }, "/statement/signedBy text"},
		"unknown language":    {func(d *Draft) { d.Language = "jv" }, "/language unknown"},
		"everything": {func(d *Draft) { *d = Draft{} }, "/recipient required, /program required, /lines required, /period/from required, " +
			"/period/to required, /route required, /collaborator/name required, /collaborator/class required, /collaborator/email required, " +
			"/collaborator/phone required, /statement/accepted accepted, /statement/signedBy signed"},
	} {
		d := draft()
		test.spoil(&d)
		p, err := d.Check(rules, here, readPhone, noon)
		var refused *InvalidError
		if !errors.As(err, &refused) {
			t.Errorf("%s: got %+v, %v; want a refusal", name, p, err)
			continue
		}
		if got := strings.TrimPrefix(refused.Error(), "invalid: "); got != test.want {
			t.Errorf("%s: got %q; want %q", name, got, test.want)
		}
		if p.Commitment.ID != "" || p.Contact != (Contact{}) {
			t.Errorf("%s: a refused draft still made a promise", name)
		}
	}
}

func TestUnknownAndClosedRecipientsAreNamedOnce(t *testing.T) {
	closed := here
	closed.Recipient.Closed = true
	lost := here
	lost.Recipient.Kind = "x"
	for want, place := range map[string]Place{
		"invalid: /recipient unknown": {},
		"invalid: /recipient closed":  closed,
	} {
		if _, err := draft().Check(rules, place, readPhone, noon); err == nil || err.Error() != want {
			t.Errorf("got %v; want %s", err, want)
		}
	}
	if _, err := draft().Check(rules, lost, readPhone, noon); err == nil {
		t.Error("a recipient that no map shows must take no commitment")
	}
}

func TestTodayIsTheTownsOwnDay(t *testing.T) {
	// 18.00 UTC is one in the morning of the next day in town.
	d := draft()
	if _, err := d.Check(rules, here, readPhone, noon.Add(13*time.Hour)); err == nil || err.Error() != "invalid: /period/from past" {
		t.Errorf("got %v; the day begins in town first", err)
	}
	d.Period.From = "2021-04-25"
	p, err := d.Check(rules, here, readPhone, noon.Add(13*time.Hour))
	if err != nil || p.Commitment.Lines[0].Value != 40*250_000 {
		t.Errorf("%+v, %v; want the new day's price", p.Commitment.Lines, err)
	}
}

func TestMoreThanRemainsIsRefusedWithWhatRemains(t *testing.T) {
	sembako := NeedOf(rw, "sembako") // 40 left
	for _, test := range []struct {
		quantities []int64
		ok         bool
	}{{[]int64{40}, true}, {[]int64{41}, false}, {[]int64{20, 20}, true}, {[]int64{39, 2}, false}} {
		d := draft()
		d.Lines = nil
		for i, q := range test.quantities {
			d.Lines = append(d.Lines, DraftLine{Need: sembako, Quantity: q, Equivalent: fmt.Sprintf("bentuk %d", i)})
		}
		_, err := d.Check(rules, here, readPhone, noon)
		var over *OverRemainingError
		if test.ok && err != nil || !test.ok && (!errors.As(err, &over) || over.Need != sembako || over.Remaining != 40) {
			t.Errorf("%v of 40: %v", test.quantities, err)
		}
	}
	d := draft()
	d.Lines[0].Quantity, d.Route = 41, ""
	if _, err := d.Check(rules, here, readPhone, noon); err == nil || err.Error() != "invalid: /route required" {
		t.Errorf("got %v; what a person can correct comes first", err)
	}
}
