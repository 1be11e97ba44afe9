package intake

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

// Change is what one row, or several about one recipient, would make of what is
// known. Before is as it was found; a change is made only while that holds.
type Change struct {
	Row         int             `json:"row"`
	ID          aid.RecipientID `json:"id"`
	Leaf        aid.Leaf        `json:"leaf"`
	Name        string          `json:"name"`
	New         bool            `json:"new,omitempty"`   // the recipient, or the need
	Close       bool            `json:"close,omitempty"` // what else the row says is made before
	Reopen      bool            `json:"reopen,omitempty"`
	Before      *aid.Recipient  `json:"before,omitempty"`
	After       *aid.Recipient  `json:"after,omitempty"`
	NeedBefore  *aid.Need       `json:"needBefore,omitempty"`
	NeedAfter   *aid.Need       `json:"needAfter,omitempty"`
	Needs       []aid.Need      `json:"needs,omitempty"` // of one that closes
	WasContact  *aid.Contact    `json:"wasContact,omitempty"`
	Contact     *aid.Contact    `json:"contact,omitempty"` // nil leaves it as it is
	Differences []Difference    `json:"differences"`
}

// Difference is one value that would change, as people read it.
type Difference struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Summary counts what a file would do.
type Summary struct {
	New     int64 `json:"new"`
	Changed int64 `json:"changed"`
	Same    int64 `json:"same"`
	Errors  int64 `json:"errors"` // rows that are left out
	Closed  int64 `json:"closed"`
}

// Planner compares entries with what is known.
type Planner struct {
	Pack  *region.Pack
	List  List
	Today aid.Day
	// Office is who confirms the needs of a list, never a person's name.
	Office string
}

// Plan returns what the entries of one leaf change, in the order of their rows,
// and how many change nothing. places are all of the leaf. contacts are those of
// the stewards of recipients whose rows name one.
func (p Planner) Plan(entries []Entry, places []aid.Place, contacts map[aid.RecipientID]aid.Contact) (changes []Change, same int64, issues []Issue) {
	known := make(map[aid.RecipientID]aid.Place, len(places))
	for _, place := range places {
		known[place.Recipient.ID] = place
	}
	found := map[aid.RecipientID]int{} // where in changes a recipient's is
	for _, e := range entries {
		place, there := known[e.ID]
		var c Change
		var wrong []Issue
		switch {
		case p.List == Recipients:
			c, wrong = p.recipient(e, place, there, contacts[e.ID])
		case !there:
			wrong = []Issue{{Row: e.Row, Value: string(e.ID), Problem: "penerima ini belum terdaftar", Remedy: "impor daftar penerima dulu, atau periksa kodenya"}}
		case p.List == Needs:
			c, wrong = p.need(e, place)
		default:
			c = p.marks(e, place)
		}
		if len(wrong) > 0 {
			issues = append(issues, wrong...)
			continue
		}
		if len(c.Differences) == 0 {
			same++
			continue
		}
		// What several rows say of one recipient is one change of it.
		if at, twice := found[e.ID]; twice && c.After != nil {
			changes[at].After = c.After
			changes[at].Differences = append(changes[at].Differences, c.Differences...)
		} else {
			found[e.ID] = len(changes)
			changes = append(changes, c)
		}
		if c.After != nil {
			place.Recipient = *c.After
			known[e.ID] = place
		}
	}
	return changes, same, issues
}

func (p Planner) recipient(e Entry, place aid.Place, there bool, contact aid.Contact) (Change, []Issue) {
	before := place.Recipient
	after := before
	if !there {
		after = aid.Recipient{ID: e.ID, Kind: e.Kind, Area: e.Area}
	}
	set := func(to *string, s string) {
		if s != "" {
			*to = s
		}
	}
	set(&after.Name, e.Name)
	set(&after.Steward, e.Steward)
	set(&after.Address, e.Place)
	if e.Point != nil {
		after.Point = *e.Point
	}
	if e.Households != nil {
		after.Households = *e.Households
	}
	if e.People != nil {
		after.People = *e.People
	}
	c := Change{Row: e.Row, ID: e.ID, Leaf: e.Leaf, Name: after.Name, New: !there}
	c.Close = e.Closed != nil && *e.Closed && !before.Closed
	c.Reopen = there && e.Closed != nil && !*e.Closed && before.Closed
	var issues []Issue
	wrong := func(problem, remedy string) {
		issues = append(issues, Issue{Row: e.Row, Value: string(e.ID), Problem: problem, Remedy: remedy})
	}
	if !there {
		if after.Name == "" {
			wrong("penerima baru tanpa nama", "isi kolom nama")
		}
		if after.Point == (aid.Point{}) {
			wrong("penerima baru tanpa titik di peta", "isi lintang dan bujur")
		}
		if after.Steward == "" {
			wrong("penerima baru tanpa penanggung jawab", "isi kolom penanggung jawab")
		}
		if c.Close {
			wrong("penerima baru yang ditutup", "hapus baris ini")
		}
	}
	if before.Into != "" {
		wrong("penerima ini sudah digabung ke "+string(before.Into), "pakai kode yang itu")
	}
	if len(issues) == 0 {
		checked, err := p.Pack.Catalogue().CheckRecipient(before, after, p.Today)
		if err != nil {
			return c, []Issue{refused(e, err)}
		}
		after = checked
	}
	if len(issues) > 0 {
		return c, issues
	}
	now := contact
	set(&now.Name, after.Steward)
	set(&now.Phone, e.Phone)
	set(&now.Email, e.Email)
	if there {
		c.Before = &before
	}
	c.differ(before, after, p)
	if e.Phone != "" || e.Email != "" || !there {
		if now != contact {
			c.Contact, c.WasContact = &now, &contact
			was, is := contact.Masked(), now.Masked()
			// What changed may look the same masked, and is a change all the same.
			c.say("Telepon", was.Phone, is.Phone, now.Phone != contact.Phone)
			c.say("Surel", was.Email, is.Email, now.Email != contact.Email)
		}
	}
	c.say("Ditutup", "tidak", "ya", c.Close)
	c.say("Ditutup", "ya", "tidak", c.Reopen)
	if c.Close {
		c.Needs = place.Needs
	}
	c.After = &after
	return c, nil
}

// say adds a difference.
func (c *Change) say(field, before, after string, differs bool) {
	if differs {
		c.Differences = append(c.Differences, Difference{field, before, after})
	}
}

// differ adds what differs between two states of a recipient.
func (c *Change) differ(before, after aid.Recipient, p Planner) {
	for _, d := range []Difference{
		{"Nama", before.Name, after.Name},
		{"Jenis", p.kind(before.Kind), p.kind(after.Kind)},
		{"Titik", spell(before.Point), spell(after.Point)},
		{"Jumlah KK", strconv.FormatInt(before.Households, 10), strconv.FormatInt(after.Households, 10)},
		{"Jumlah jiwa", strconv.FormatInt(before.People, 10), strconv.FormatInt(after.People, 10)},
		{"Penanggung jawab", before.Steward, after.Steward},
		{"Alamat", before.Address, after.Address},
	} {
		if before.ID == "" && d.Before == "0" {
			d.Before = ""
		}
		c.say(d.Field, d.Before, d.After, d.Before != d.After)
	}
}

func (p Planner) kind(id aid.KindID) string {
	k, _ := p.Pack.Kind(id)
	return k.Name
}

func spell(at aid.Point) string {
	if at == (aid.Point{}) {
		return ""
	}
	return strconv.FormatFloat(at.Lat, 'f', -1, 64) + ", " + strconv.FormatFloat(at.Lng, 'f', -1, 64)
}

// refused says what a rule said that no column alone breaks.
func refused(e Entry, err error) Issue {
	i := Issue{Row: e.Row, Value: string(e.ID), Problem: "tidak bisa diterima", Remedy: "periksa baris ini"}
	var invalid *aid.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Fields) == 0 {
		return i
	}
	f := invalid.Fields[0]
	switch {
	case f.Code == "promised":
		i.Problem = "lebih sedikit daripada yang sudah dijanjikan (" + strings.TrimSuffix(f.Detail, " are promised already") + ")"
		i.Remedy = "isi sedikitnya sebanyak yang sudah dijanjikan"
	case f.Code == "leaf":
		i.Problem, i.Remedy = "penerima jenis itu didaftar di tempat lain", "tutup yang ini, lalu daftarkan yang baru"
	case f.Code == "required":
		i.Problem, i.Remedy = "ada yang masih kosong", "isi nama dan penanggung jawab"
	case f.Code == "future":
		i.Problem, i.Remedy = "tanggalnya belum tiba", "tulis hari ini atau sebelumnya"
	}
	return i
}

func (p Planner) need(e Entry, place aid.Place) (Change, []Issue) {
	c := Change{Row: e.Row, ID: e.ID, Leaf: e.Leaf, Name: place.Recipient.Name}
	if place.Recipient.Closed {
		return c, []Issue{{Row: e.Row, Value: string(e.ID), Problem: "penerima ini sudah ditutup", Remedy: "hapus baris ini, atau buka lagi penerimanya dulu"}}
	}
	var before aid.Need
	if i := slices.IndexFunc(place.Needs, func(n aid.Need) bool { return n.Package == e.Package }); i >= 0 {
		before = place.Needs[i]
		c.NeedBefore = &before
	}
	if before.ConfirmedOn > e.On {
		return c, []Issue{{Row: e.Row, Value: string(e.On), Problem: "kebutuhan ini sudah dikonfirmasi lebih baru, tanggal " + string(before.ConfirmedOn), Remedy: "hapus baris ini, atau perbarui tanggalnya bila memang lebih baru"}}
	}
	after, err := p.Pack.Catalogue().CheckNeed(before, aid.Need{
		ID: aid.NeedOf(e.ID, e.Package), Recipient: e.ID, Package: e.Package, Needed: e.Needed, Source: e.Source, ConfirmedOn: e.On, ConfirmedBy: p.Office,
	}, p.Today)
	if err != nil {
		return c, []Issue{refused(e, err)}
	}
	was := ""
	if c.New = before.ID == ""; !c.New {
		was = strconv.FormatInt(before.Needed, 10)
	}
	pkg, _ := p.Pack.Package(e.Package)
	c.say(pkg.Name, was, strconv.FormatInt(after.Needed, 10), c.New || before.Needed != after.Needed)
	c.say("Dikonfirmasi", string(before.ConfirmedOn), string(after.ConfirmedOn), before.ConfirmedOn != after.ConfirmedOn)
	c.say("Sumber", before.Source, after.Source, before.Source != after.Source)
	c.NeedAfter = &after
	return c, nil
}

// marks returns what a row of indicators or flags changes.
func (p Planner) marks(e Entry, place aid.Place) Change {
	before := place.Recipient
	after := before
	after.Flags, after.Indicators = slices.Clone(before.Flags), slices.Clone(before.Indicators)
	c := Change{Row: e.Row, ID: e.ID, Leaf: e.Leaf, Name: before.Name, Before: &before, After: &after}
	for _, i := range e.Indicators {
		at := slices.IndexFunc(after.Indicators, func(o aid.Indicator) bool { return o.ID == i.ID })
		name := string(i.ID)
		if known := slices.IndexFunc(p.Pack.Indicators, func(o region.Indicator) bool { return o.ID == i.ID }); known >= 0 {
			name = p.Pack.Indicators[known].Name
		}
		is := strconv.FormatInt(i.Value, 10) + " (" + string(i.On) + ")"
		switch {
		case at < 0:
			after.Indicators = append(after.Indicators, i)
			c.say(name, "", is, true)
		case after.Indicators[at].On > i.On:
			// A newer figure stays.
		default:
			c.say(name, strconv.FormatInt(after.Indicators[at].Value, 10)+" ("+string(after.Indicators[at].On)+")", is, after.Indicators[at] != i)
			after.Indicators[at] = i
		}
	}
	if e.Flag != "" {
		name := string(e.Flag)
		if known := slices.IndexFunc(p.Pack.Flags, func(o region.Flag) bool { return o.ID == e.Flag }); known >= 0 {
			name = p.Pack.Flags[known].Name
		}
		at := slices.IndexFunc(after.Flags, func(o aid.Flag) bool { return o.ID == e.Flag })
		fresh := aid.Flag{ID: e.Flag, On: e.On, Source: e.Source}
		switch {
		case e.Off && at >= 0:
			c.say(name, "ya ("+string(after.Flags[at].On)+")", "tidak", true)
			after.Flags = slices.Delete(after.Flags, at, at+1)
		case e.Off || at >= 0 && (after.Flags[at].On > e.On || after.Flags[at] == fresh):
		case at >= 0:
			c.say(name, "ya ("+string(after.Flags[at].On)+", "+after.Flags[at].Source+")", "ya ("+string(e.On)+", "+e.Source+")", true)
			after.Flags[at] = fresh
		default:
			after.Flags = append(after.Flags, fresh)
			c.say(name, "tidak", "ya ("+string(e.On)+")", true)
		}
	}
	return c
}

// Falls tells whether the changes of one leaf lower what is needed there by more
// than a fifth, or close so many, that one officer alone does not decide. places
// are all of the leaf before.
func Falls(changes []Change, places []aid.Place) bool {
	var needed, fewer, households, without int64
	for _, p := range places {
		households += p.Recipient.Households
		for _, n := range p.Needs {
			needed += n.Needed
		}
	}
	for _, c := range changes {
		if c.NeedBefore != nil && c.NeedAfter != nil {
			fewer += max(0, c.NeedBefore.Needed-c.NeedAfter.Needed)
		}
		if c.Before != nil && c.After != nil {
			without += max(0, c.Before.Households-c.After.Households)
		}
		if c.Close {
			without += c.Before.Households
			for _, n := range c.Needs {
				fewer += n.Remaining()
			}
		}
	}
	return fewer > needed/5 || without > households/5
}

// Count adds the changes of a leaf to a summary.
func (s *Summary) Count(changes []Change) {
	for _, c := range changes {
		switch {
		case c.Close:
			s.Closed++
		case c.New:
			s.New++
		default:
			s.Changed++
		}
	}
}

// SortIssues orders issues by row and column, as people mend them.
func SortIssues(issues []Issue) {
	slices.SortStableFunc(issues, func(a, b Issue) int { return cmp.Or(cmp.Compare(a.Row, b.Row), strings.Compare(a.Column, b.Column)) })
}
