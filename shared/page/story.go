package page

import (
	"cmp"
	"html/template"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

// told is how many commitments a place's page tells, toldEnded how many of those
// that came to nothing. Older ones stay in the open data.
const (
	told      = 40
	toldEnded = 10
)

// event is one commitment in the story of a place.
type event struct {
	Title     template.HTML
	Meta      []template.HTML
	Steps     string // its life beside the hand-overs, in one sentence with dates
	Handovers []handover
	Waits     bool // something is still to come
	Number    string
}

// handover is one delivery as both sides tell it.
type handover struct {
	Number aid.BASTNumber
	On     string
	Words  template.HTML
	Open   bool     // the two sides differ
	Prints []string // of the checked files, shortened
	Photos []string // paths of those that an office approved
}

// ending is a promise that came to nothing.
type ending struct{ Number, On, Words string }

// plan says how fewer packages than households are shared out.
func (r *Renderer) plan(m aid.PlanMethod) string {
	switch m {
	case aid.PlanTurns:
		return r.lang.Say("dibagi bergiliran, KK demi KK")
	case aid.PlanNeed:
		return r.lang.Say("yang paling membutuhkan didahulukan")
	case aid.PlanSplit:
		return r.lang.Say("isi paket dibagi, supaya semua mendapat")
	case aid.PlanKitchen:
		return r.lang.Say("dimasak bersama di dapur umum")
	}
	return string(m)
}

// step says what happened beside the hand-overs, on a day. That a steward did
// not answer is what one side says of a named person; it is not told.
func (r *Renderer) step(m aid.Move, on string) string {
	switch m {
	case aid.Verify:
		return r.lang.Say("dijanjikan %s", on)
	case aid.Speak:
		return r.lang.Say("dihubungi %s", on)
	case aid.Renew:
		return r.lang.Say("diperpanjang %s", on)
	case aid.Schedule:
		return r.lang.Say("dijadwalkan %s", on)
	case aid.Sign:
		return r.lang.Say("ditandatangani %s", on)
	case aid.Correct:
		return r.lang.Say("angkanya dikoreksi kantor %s", on)
	case aid.Release:
		return r.lang.Say("sisanya dilepas %s", on)
	case aid.Lapse:
		return r.lang.Say("lewat batas waktu %s", on)
	}
	return ""
}

// way says how an answer reached the platform.
func (r *Renderer) way(v aid.Via) string {
	switch v {
	case aid.ViaSteward:
		return r.lang.Say("dikonfirmasi penanggung jawab")
	case aid.ViaHandover:
		return r.lang.Say("dikonfirmasi lewat tautan dari kolaborator")
	case aid.ViaBAST:
		return r.lang.Say("dikonfirmasi lewat kode BAST")
	case aid.ViaOfficer:
		return r.lang.Say("dikonfirmasi petugas dari BAST")
	}
	return string(v)
}

// tell sets the story, the newest commitment first, and below it what came to
// nothing.
func (v *placeView) tell(r *Renderer, commitments []aid.Commitment, evidence []aid.Evidence) {
	counted := slices.Clone(commitments)
	slices.SortStableFunc(counted, func(a, b aid.Commitment) int {
		return cmp.Or(b.PledgedAt.Compare(a.PledgedAt), cmp.Compare(b.ID, a.ID))
	})
	for _, c := range counted {
		switch {
		case c.State.Counts() && len(v.Story) == told:
			v.Older++
		case c.State.Counts():
			v.Story = append(v.Story, r.event(c, evidence))
		case c.PledgedAt.IsZero():
			// Nobody proved that it was theirs, so nothing was promised.
		case len(v.Ended) == toldEnded:
			v.EndedMore++
		default:
			v.Ended = append(v.Ended, r.ending(c))
		}
	}
}

func (r *Renderer) ending(c aid.Commitment) ending {
	e := ending{Number: c.ID.Number(), On: r.dayOf(c.PledgedAt), Words: r.lang.Say("lewat batas waktu %s", r.dayOf(c.EndedAt))}
	if c.State == aid.Withdrawn {
		e.Words = r.lang.Say("dibatalkan %s", r.dayOf(c.EndedAt))
	}
	return e
}

// event tells one commitment that stands in the totals.
func (r *Renderer) event(c aid.Commitment, evidence []aid.Evidence) event {
	e := event{Title: r.standing(c), Number: c.ID.Number(), Waits: c.State != aid.Received, Steps: r.life(c)}
	e.Meta = append(e.Meta, r.lang.Markup("%s (%s)", r.own(c.DisplayName()), strings.ToLower(r.lang.Class(c.Class))))
	if slices.Max(append(c.Outstanding(), 0)) > 0 {
		on := r.lang.Span(c.Period)
		if c.Schedule.On != "" {
			on = r.appointment(c.Schedule)
		}
		e.Meta = append(e.Meta, r.lang.Markup("diantar %s", on))
	}
	if a, ok := r.catalogue.Aggregators[c.Aggregator]; ok && c.Route == aid.Aggregate {
		e.Meta = append(e.Meta, r.lang.Markup("lewat %s", a.Name))
	}
	if c.ContactedAt.IsZero() && !c.ContactBy.IsZero() {
		e.Meta = append(e.Meta, r.lang.Markup("menghubungi sebelum %s", r.moment(c.ContactBy)))
	}
	for _, d := range c.Deliveries {
		e.Handovers = append(e.Handovers, r.handover(c, d, evidence))
	}
	return e
}

// appointment writes the day of an appointment, and its hours if any were agreed.
func (r *Renderer) appointment(a aid.Appointment) string {
	if a.From == "" {
		return r.lang.Date(a.On)
	}
	hours := a.From + "–" + a.To
	if r.lang == bahasa.Indonesian {
		hours = strings.ReplaceAll(hours, ":", ".")
	}
	return r.lang.Say("%s pukul %s", r.lang.Date(a.On), hours)
}

// standing names what a commitment gives and how far that has come: "25 dari 30
// paket sembako diterima".
func (r *Renderer) standing(c aid.Commitment) template.HTML {
	promised, delivered, received := quantities(c)
	switch c.State {
	case aid.Scheduled:
		return r.lang.Markup("%s dijadwalkan", r.goods(c, promised))
	case aid.Disputed:
		return r.lang.Markup("%s sedang dicocokkan", r.goods(c, promised))
	case aid.Received:
		return r.lang.Markup("%s diterima", r.goods(c, received))
	case aid.Delivered:
		if some(received) {
			return r.lang.Markup("%s diterima", r.goods(c, received))
		}
		return r.lang.Markup("%s dilaporkan", r.goods(c, delivered))
	}
	return r.lang.Markup("%s dijanjikan", r.goods(c, promised))
}

// quantities returns how the units of each line stand.
func quantities(c aid.Commitment) (promised, delivered, received []int64) {
	for i, l := range c.Lines {
		n := c.Line(i)
		promised, delivered, received = append(promised, l.Quantity), append(delivered, n.Delivered), append(received, n.Received)
	}
	return promised, delivered, received
}

func some(units []int64) bool { return slices.ContainsFunc(units, func(n int64) bool { return n > 0 }) }

// goods names some units of what a commitment gives: "25 dari 30 paket sembako
// dan 2 mesin jahit". Lines of which there is none are left out.
func (r *Renderer) goods(c aid.Commitment, units []int64) template.HTML {
	var parts []template.HTML
	for i, l := range c.Lines {
		if units[i] == 0 {
			continue
		}
		s := r.unitsOf(l, units[i])
		if units[i] < l.Quantity {
			s = r.lang.Markup("%s dari %s", r.lang.Number(units[i]), r.unitsOf(l, l.Quantity))
		}
		if l.Equivalent != "" {
			s = r.lang.Markup("%s (berupa %s)", s, r.own(l.Equivalent))
		}
		parts = append(parts, s)
	}
	return r.listed(parts)
}

// unitsOf names some units of one line.
func (r *Renderer) unitsOf(l aid.Line, n int64) template.HTML {
	if l.Need == "" {
		return r.lang.Markup("%s %s", r.lang.Number(n), r.own(strings.TrimSpace(l.Unit+" "+l.Free)))
	}
	return template.HTML(template.HTMLEscapeString(r.count(n, r.packageOf(l.Package))))
}

// handed names the units of one delivery: "25 paket sembako".
func (r *Renderer) handed(c aid.Commitment, units []int64) template.HTML {
	var parts []template.HTML
	for i, l := range c.Lines {
		if units[i] > 0 {
			parts = append(parts, r.unitsOf(l, units[i]))
		}
	}
	return r.listed(parts)
}

// listed joins what is ready for a page: a, b, dan c.
func (r *Renderer) listed(parts []template.HTML) template.HTML {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = string(p)
	}
	return template.HTML(r.lang.List(words))
}

// handover tells one delivery as both sides do.
func (r *Renderer) handover(c aid.Commitment, d aid.Delivery, evidence []aid.Evidence) handover {
	h := handover{Number: d.Number, On: r.lang.Date(d.On), Open: d.Open()}
	reported := r.lang.Markup("%s dilaporkan %s", r.handed(c, d.Quantities), r.brief(d.ReportedAt, d.On))
	received := r.lang.Markup("tidak ada yang diterima")
	if some(d.Received) {
		received = r.lang.Markup("%s diterima", r.handed(c, d.Received))
	}
	answered := r.brief(d.AnsweredAt, d.On)
	switch {
	case d.Answer == "":
		h.Words = r.lang.Markup("%s, menunggu konfirmasi penanggung jawab", reported)
	case !d.SettledAt.IsZero():
		h.Words = r.lang.Markup("%s, %s (disepakati %s)", reported, received, r.brief(d.SettledAt, d.On))
	case !d.Open() && d.ReportedBy != aid.Collaborator:
		h.Words = r.lang.Markup("%s %s (%s)", received, answered, r.way(d.Via))
	case !d.Open():
		h.Words = r.lang.Markup("%s, semuanya diterima %s (%s)", reported, answered, r.way(d.Via))
	default:
		h.Words = r.lang.Markup("%s, %s %s (%s)", reported, received, answered, r.way(d.Via))
	}
	for _, e := range evidence {
		if e.Commitment == c.ID && slices.Contains(d.Evidence, e.ID) {
			h.Prints = append(h.Prints, shortPrint(e.Fingerprint()))
		}
	}
	h.Photos = photos(c, d, evidence)
	return h
}

// photos returns where the photos of a delivery lie that an office approved:
// those and no others are shown to everybody.
func photos(c aid.Commitment, d aid.Delivery, evidence []aid.Evidence) []string {
	var paths []string
	for _, e := range evidence {
		if path := e.PhotoPath(); path != "" && e.Review == aid.Approved && e.Commitment == c.ID && slices.Contains(d.Evidence, e.ID) {
			paths = append(paths, "/"+path)
		}
	}
	return paths
}

// shortPrint shortens a fingerprint so that it can be compared at a glance; the
// open data holds all of it.
func shortPrint(fingerprint string) string {
	sum := strings.TrimPrefix(fingerprint, "sha256-")
	return sum[:min(8, len(sum))] + "…"
}

// life tells a commitment's steps in one sentence. Of a day that was agreed on
// again only the last time is told.
func (r *Renderer) life(c aid.Commitment) string {
	last := -1
	for i, e := range c.Log {
		if e.Move == aid.Schedule {
			last = i
		}
	}
	var parts []string
	var before aid.Day
	for i, e := range c.Log {
		word := r.step(e.Move, r.brief(e.At, before))
		if word == "" || e.Move == aid.Schedule && i != last {
			continue
		}
		parts = append(parts, word)
		before = aid.DayOf(e.At, r.pack.Zone)
	}
	return strings.Join(parts, ", ")
}

// brief writes the region's day of an instant, with the year only where it is
// not that of a day named just before.
func (r *Renderer) brief(t time.Time, before aid.Day) string {
	on := aid.DayOf(t, r.pack.Zone)
	if len(before) < len("2006") || on[:4] != before[:4] {
		return r.lang.Date(on)
	}
	return strings.TrimSuffix(r.lang.Date(on), " "+string(on[:4]))
}

// dayOf writes the region's day of an instant.
func (r *Renderer) dayOf(t time.Time) string { return r.lang.Date(aid.DayOf(t, r.pack.Zone)) }
