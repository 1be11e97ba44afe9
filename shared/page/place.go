package page

import (
	"fmt"
	"net/url"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

type placeView struct {
	frame
	ID         aid.RecipientID
	Kelurahan  area.Code
	Name       string
	Crumbs     []crumb
	Chips      []chip
	Address    string
	Closed     bool
	Into       string // path of the place that this one turned out to be; empty for all others
	Wanting    bool   // something may still be promised
	Coarse     bool
	Needs      []needView
	FreeValue  aid.Rupiah // aid outside any need line, by estimate
	Plan       string     // how fewer packages than households are shared out
	PlanOn     string
	Directions string
	Share      string
	Story      []event
	Older      int64
	Ended      []ending
	EndedMore  int64
	Indicators []fact
	Flags      []fact
	Near       []placeLine
	UpdatedAt  string
	StaleDays  int
}

type chip struct{ Class, Words string }

type fact struct{ Name, Value, About, On, Source string }

// needView is one need with everything that is said about it.
type needView struct {
	aid.Need
	Package  region.Package
	Q        tally.Quantities
	Bar      bar
	Price    string // "Rp200.000 per KK/minggu", empty without one
	Contents []string
	Note     string
	Stale    bool
}

func (n needView) Drawn(thin bool) drawn { return drawn{n.Bar, thin} }

// Place renders the page of one recipient. Of commitments that stand in no
// published total only the bare fact is told, without name or goods. evidence
// are the files that were checked. near are places close by that have received
// nothing, nearest first.
func (r *Renderer) Place(p aid.Place, commitments []aid.Commitment, evidence []aid.Evidence, near []aid.Place) ([]byte, error) {
	rec := p.Recipient
	full := r.fullName(rec)
	v := placeView{
		frame: r.frame(placePath(rec.ID), full, r.summary(p), "lokasi.js"),
		ID:    rec.ID, Kelurahan: rec.Area.At(area.Kelurahan),
		Name:   r.shortName(rec),
		Crumbs: r.crumbs(rec.Area), Closed: rec.Closed, Coarse: r.coarse(rec),
		FreeValue: p.Activity.FreeCommitted + p.Activity.FreeDelivered + p.Activity.FreeReceived,
		Near:      r.near(rec, near),
		UpdatedAt: r.moment(p.Activity.UpdatedAt),
		StaleDays: r.pack.Limits.NeedStaleDays,
	}
	v.Demo, v.Picture, v.Data = rec.Demo, r.placeShown(p), r.placeData(rec)
	if rec.Into != "" {
		v.Into = placePath(rec.Into)
	}
	if a, ok := r.pack.Area(rec.Area); ok { // an institution stands in a kelurahan, an RW is an area itself
		v.Crumbs = append(v.Crumbs, crumb{Name: a.Name, Path: r.areaPath(a.Code)})
	}
	// An RW is called so in its name; only who reads English has to be told what
	// that is.
	if k, ok := r.pack.Kind(rec.Kind); ok && !(k.Territorial && r.lang == bahasa.Indonesian) && !strings.Contains(rec.Name, k.Name) {
		v.Chips = append(v.Chips, chip{Words: k.Name})
	}
	if s := r.size(rec.Households, rec.People); s != "" {
		v.Chips = append(v.Chips, chip{Words: s})
	}
	if s := r.steward(rec); s != "" {
		v.Chips = append(v.Chips, chip{Words: s})
	}
	if !v.Coarse {
		v.Address = rec.Address
		if r.pack.Box.Contains(rec.Point) {
			v.Directions = fmt.Sprintf("https://www.openstreetmap.org/directions?to=%.5f%%2C%.5f", rec.Point.Lat, rec.Point.Lng)
		}
	}
	v.marks(r, rec)
	if plan := p.Activity.Plan; plan.Method != "" {
		v.Plan, v.PlanOn = r.plan(plan.Method), r.lang.Date(plan.On)
	}
	for _, n := range r.ordered(p.Needs) {
		if rec.Closed && n.Needed == 0 {
			continue // closing took it back; nobody has had enough of it
		}
		v.Needs = append(v.Needs, r.need(n, p))
		v.Wanting = v.Wanting || n.Remaining() > 0 && r.catalogue.Programs[n.Program].Running
	}
	v.Share = "https://wa.me/?text=" + strings.ReplaceAll(url.QueryEscape(r.summary(p)+" "+r.site+prefix(r.lang)+placePath(rec.ID)), "+", "%20")
	v.tell(r, commitments, evidence)
	return r.render("place", v)
}

// marks sets flags and indicators. The pack's order is kept; what the pack does
// not know is not shown, because nobody could explain it.
func (v *placeView) marks(r *Renderer, rec aid.Recipient) {
	for _, known := range r.pack.Flags {
		for _, f := range rec.Flags {
			if f.ID == known.ID {
				v.Chips = append(v.Chips, chip{Class: "sun", Words: known.Name})
				v.Flags = append(v.Flags, fact{Name: known.Name, About: known.About, On: r.lang.Date(f.On), Source: f.Source})
			}
		}
	}
	for _, known := range r.pack.Indicators {
		for _, i := range rec.Indicators {
			if i.ID == known.ID {
				v.Indicators = append(v.Indicators, fact{
					Name: known.Name, Value: r.lang.Number(i.Value) + " " + known.Counted(i.Value), About: known.About, On: r.lang.Date(i.On), Source: i.Source,
				})
			}
		}
	}
}

// summary is the sentence by which a place is shared.
func (r *Renderer) summary(p aid.Place) string {
	var open []string
	for _, n := range r.ordered(p.Needs) {
		if n.Remaining() > 0 && len(open) < 3 {
			open = append(open, r.count(n.Remaining(), r.packageOf(n.Package)))
		}
	}
	name := r.fullName(p.Recipient)
	if len(open) == 0 {
		return r.lang.Say("%s: kebutuhan dan bantuan yang sudah sampai.", name)
	}
	return r.lang.Say("%s masih butuh %s.", name, r.lang.List(open))
}

func (r *Renderer) need(n aid.Need, p aid.Place) needView {
	pack := r.packageOf(n.Package)
	q := tally.QuantitiesOf(n)
	v := needView{
		Need: n, Package: pack, Q: q, Bar: r.bar(q), Contents: pack.Contents, Note: pack.Note,
	}
	// A day is needed to know the price; the facts know the last one.
	on := n.ConfirmedOn
	if at := p.Activity.UpdatedAt; !at.IsZero() {
		today := aid.DayOf(at, r.pack.Zone)
		on = max(on, today)
		v.Stale = n.ConfirmedOn.Plus(r.pack.Limits.NeedStaleDays) < today
	}
	if price, ok := pack.PriceOn(on); ok {
		per := pack.Per
		if per == "" {
			per = pack.Unit
		}
		v.Price = r.lang.Say("%s per %s", r.lang.Rupiah(price), per)
	}
	return v
}

// near lists places close to one. Exact distances are kept from places whose
// position is.
func (r *Renderer) near(from aid.Recipient, places []aid.Place) []placeLine {
	var all []placeLine
	for _, p := range places {
		l := r.placeLine(p)
		l.Name = r.fullName(p.Recipient)
		if !r.coarse(from) && !r.coarse(p.Recipient) {
			l.Distance = metres(r.lang, from.Point.Metres(p.Recipient.Point))
		}
		all = append(all, l)
	}
	return all
}
