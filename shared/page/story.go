package page

import (
	"cmp"
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
	Title     string
	Meta      []string
	Steps     string // its life beside the hand-overs, in one sentence with dates
	Handovers []handover
	Waits     bool // something is still to come
	Number    string
}

// handover is one delivery as both sides tell it.
type handover struct {
	Number aid.BASTNumber
	On     string
	Words  string
	Open   bool     // the two sides differ
	Prints []string // of the checked files, shortened
}

// ending is a promise that came to nothing.
type ending struct{ Number, On, Words string }

// plans says how fewer packages than households are shared out.
var plans = map[aid.PlanMethod]string{
	aid.PlanTurns:   "dibagi bergiliran, KK demi KK",
	aid.PlanNeed:    "yang paling membutuhkan didahulukan",
	aid.PlanSplit:   "isi paket dibagi, supaya semua mendapat",
	aid.PlanKitchen: "dimasak bersama di dapur umum",
}

// steps names what happened beside the hand-overs. That a steward did not answer
// is what one side says of a named person; it is not told.
var steps = map[aid.Move]string{
	aid.Verify: "dijanjikan", aid.Speak: "dihubungi", aid.Renew: "diperpanjang", aid.Schedule: "dijadwalkan",
	aid.Sign: "ditandatangani", aid.Release: "sisanya dilepas", aid.Lapse: "lewat batas waktu",
}

// ways says how an answer reached the platform.
var ways = map[aid.Via]string{
	aid.ViaSteward: "dikonfirmasi penanggung jawab", aid.ViaHandover: "dikonfirmasi lewat tautan dari kolaborator",
	aid.ViaBAST: "dikonfirmasi lewat kode BAST", aid.ViaOfficer: "dikonfirmasi petugas dari BAST",
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
	e := ending{Number: c.ID.Number(), On: r.dayOf(c.PledgedAt), Words: "lewat batas waktu " + r.dayOf(c.EndedAt)}
	if c.State == aid.Withdrawn {
		e.Words = "dibatalkan " + r.dayOf(c.EndedAt)
	}
	return e
}

// event tells one commitment that stands in the totals.
func (r *Renderer) event(c aid.Commitment, evidence []aid.Evidence) event {
	e := event{Title: r.standing(c), Number: c.ID.Number(), Waits: c.State != aid.Received, Steps: r.life(c)}
	e.Meta = append(e.Meta, c.DisplayName()+" ("+strings.ToLower(bahasa.Class(c.Class))+")")
	if slices.Max(append(c.Outstanding(), 0)) > 0 {
		if c.Schedule.On != "" {
			e.Meta = append(e.Meta, "diantar "+bahasa.Date(c.Schedule.On)+clockOf(c.Schedule))
		} else {
			e.Meta = append(e.Meta, "diantar "+bahasa.Span(c.Period))
		}
	}
	if a, ok := r.catalogue.Aggregators[c.Aggregator]; ok && c.Route == aid.Aggregate {
		e.Meta = append(e.Meta, "lewat "+a.Name)
	}
	if c.ContactedAt.IsZero() && !c.ContactBy.IsZero() {
		e.Meta = append(e.Meta, "menghubungi sebelum "+r.moment(c.ContactBy))
	}
	for _, d := range c.Deliveries {
		e.Handovers = append(e.Handovers, r.handover(c, d, evidence))
	}
	return e
}

// clockOf writes the hours of an appointment, if any were agreed.
func clockOf(a aid.Appointment) string {
	if a.From == "" {
		return ""
	}
	return " pukul " + strings.Replace(a.From, ":", ".", 1) + "–" + strings.Replace(a.To, ":", ".", 1)
}

// standing names what a commitment gives and how far that has come: "25 dari 30
// paket sembako diterima".
func (r *Renderer) standing(c aid.Commitment) string {
	promised, delivered, received := quantities(c)
	switch c.State {
	case aid.Scheduled:
		return r.goods(c, promised) + " dijadwalkan"
	case aid.Disputed:
		return r.goods(c, promised) + " sedang dicocokkan"
	case aid.Received:
		return r.goods(c, received) + " diterima"
	case aid.Delivered:
		if some(received) {
			return r.goods(c, received) + " diterima"
		}
		return r.goods(c, delivered) + " dilaporkan"
	}
	return r.goods(c, promised) + " dijanjikan"
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
func (r *Renderer) goods(c aid.Commitment, units []int64) string {
	var parts []string
	for i, l := range c.Lines {
		if units[i] == 0 {
			continue
		}
		s := r.unitsOf(l, units[i])
		if units[i] < l.Quantity {
			s = bahasa.Number(units[i]) + " dari " + r.unitsOf(l, l.Quantity)
		}
		if l.Equivalent != "" {
			s += " (berupa " + l.Equivalent + ")"
		}
		parts = append(parts, s)
	}
	return bahasa.List(parts)
}

// unitsOf names some units of one line.
func (r *Renderer) unitsOf(l aid.Line, n int64) string {
	if l.Need == "" {
		return strings.TrimSpace(bahasa.Number(n)+" "+l.Unit) + " " + l.Free
	}
	return count(n, r.packageOf(l.Package).Package)
}

// handed names the units of one delivery: "25 paket sembako".
func (r *Renderer) handed(c aid.Commitment, units []int64) string {
	var parts []string
	for i, l := range c.Lines {
		if units[i] > 0 {
			parts = append(parts, r.unitsOf(l, units[i]))
		}
	}
	return bahasa.List(parts)
}

// handover tells one delivery as both sides do.
func (r *Renderer) handover(c aid.Commitment, d aid.Delivery, evidence []aid.Evidence) handover {
	h := handover{Number: d.Number, On: bahasa.Date(d.On), Open: d.Open()}
	reported := r.handed(c, d.Quantities) + " dilaporkan " + r.brief(d.ReportedAt, d.On)
	received := "tidak ada yang diterima"
	if some(d.Received) {
		received = r.handed(c, d.Received) + " diterima"
	}
	said := " " + r.brief(d.AnsweredAt, d.On) + " (" + ways[d.Via] + ")"
	switch {
	case d.Answer == "":
		h.Words = reported + ", menunggu konfirmasi penanggung jawab"
	case !d.SettledAt.IsZero():
		h.Words = reported + ", " + received + " (disepakati " + r.brief(d.SettledAt, d.On) + ")"
	case !d.Open() && d.ReportedBy != aid.Collaborator:
		h.Words = received + said
	case !d.Open():
		h.Words = reported + ", semuanya diterima" + said
	default:
		h.Words = reported + ", " + received + said
	}
	for _, e := range evidence {
		if e.Commitment == c.ID && slices.Contains(d.Evidence, e.ID) {
			h.Prints = append(h.Prints, shortPrint(e.Fingerprint()))
		}
	}
	return h
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
		word := steps[e.Move]
		if word == "" || e.Move == aid.Schedule && i != last {
			continue
		}
		parts = append(parts, word+" "+r.brief(e.At, before))
		before = aid.DayOf(e.At, r.pack.Zone)
	}
	return strings.Join(parts, ", ")
}

// brief writes the region's day of an instant, with the year only where it is
// not that of a day named just before.
func (r *Renderer) brief(t time.Time, before aid.Day) string {
	on := aid.DayOf(t, r.pack.Zone)
	if len(before) < len("2006") || on[:4] != before[:4] {
		return bahasa.Date(on)
	}
	return strings.TrimSuffix(bahasa.Date(on), " "+string(on[:4]))
}

// dayOf writes the region's day of an instant.
func (r *Renderer) dayOf(t time.Time) string { return bahasa.Date(aid.DayOf(t, r.pack.Zone)) }
