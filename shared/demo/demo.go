// Package demo invents recipients, their needs and a past for a region, so that
// a site without real data can be shown. The same seed gives the same world.
//
// Nothing in it is anybody's: every name contains "Contoh", every telephone
// number begins with a prefix that no operator assigns, every mail address ends
// in .invalid, and every recipient and commitment is marked Demo.
package demo

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
)

// Source is named as the origin of every invented figure.
const Source = "data contoh"

// Streams of randomness, one for each part of the world, so that a change to
// one part leaves the others as they were.
const (
	streamTerritorial = iota + 1
	streamInstitutions
	streamNeeds
	streamHistory
	streamEarlier
)

// names are flowers and trees: no person is called by two words of which one
// is "Contoh".
var names = strings.Fields("Mawar Melati Anggrek Kenanga Cempaka Dahlia Flamboyan Kamboja Seroja Teratai Bougenvil Sakura " +
	"Tulip Lavender Kemuning Alamanda Soka Wijayakusuma Cemara Beringin Jati Mahoni Akasia Meranti Pinus " +
	"Kelapa Rambutan Manggis Durian Mangga Delima Salak Duku Nangka Sirsak Belimbing Markisa Jambu Pala Cengkih Vanili Serai Pandan Kemangi")

// Make invents the listings of a region as they stand on the day today,
// ordered by recipient. RW stand on points where those are known, and around
// the middle of their kelurahan otherwise. A kelurahan has either known points
// or invented ones.
func Make(pack *region.Pack, seed uint64, points []RWPoint, today aid.Day) ([]aid.Listing, error) {
	midnight, err := time.ParseInLocation(time.DateOnly, string(today), pack.Zone)
	if err != nil {
		return nil, fmt.Errorf("make demo data: day %q: want YYYY-MM-DD", today)
	}
	s, err := settingsFor(pack)
	if err != nil {
		return nil, fmt.Errorf("make demo data: %w", err)
	}
	w := &world{pack: pack, settings: s, seed: seed, today: today, midnight: midnight}
	if err := w.territorial(points); err != nil {
		return nil, fmt.Errorf("make demo data: %w", err)
	}
	w.institutions()
	slices.SortFunc(w.listings, func(a, b aid.Listing) int { return strings.Compare(string(a.Recipient.ID), string(b.Recipient.ID)) })
	w.stewards()
	w.needs()
	w.history()
	w.earlier()
	return w.listings, nil
}

// world is a demonstration in the making.
type world struct {
	pack     *region.Pack
	settings settings
	seed     uint64
	today    aid.Day
	midnight time.Time // beginning of today
	listings []aid.Listing
}

func (w *world) random(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(w.seed, stream)) }

// between returns a number from a range, both ends included.
func between(r *rand.Rand, span [2]int) int { return span[0] + r.IntN(max(0, span[1]-span[0])+1) }

// territorial makes the RW.
func (w *world) territorial(points []RWPoint) error {
	kind, ok := w.pack.Territorial()
	if !ok {
		return nil
	}
	r := w.random(streamTerritorial)
	known := map[area.Code][]RWPoint{}
	for _, p := range points {
		if a, ok := w.pack.Area(p.Kelurahan); !ok || a.Level != area.Kelurahan {
			return fmt.Errorf("point of RW %s: no such kelurahan in %s", p.Code(), w.pack.Name)
		}
		known[p.Kelurahan] = append(known[p.Kelurahan], p)
	}
	kelurahan := w.pack.At(area.Kelurahan)
	for _, k := range kelurahan {
		here := known[k.Code]
		if len(here) == 0 {
			here = w.spread(r, k, radius(k, kelurahan))
		}
		for _, p := range here {
			households := int64(between(r, w.settings.Territorial.Households))
			w.listings = append(w.listings, aid.Listing{Recipient: aid.Recipient{
				ID:   aid.RecipientID(p.Code()),
				Name: fmt.Sprintf("%s %03d %s", kind.Name, p.Number, k.Name),
				Kind: kind.ID, Area: p.Code(), Point: p.Point,
				Households: households,
				People:     int64(float64(households) * (3.4 + 0.8*r.Float64())),
				Address:    fmt.Sprintf("Balai %s %03d, %s", kind.Name, p.Number, w.within(k)),
				Flags:      w.flags(r, kind.ID),
				Indicators: w.indicators(r),
				Demo:       true,
			}})
		}
	}
	return nil
}

// within spells where a kelurahan lies: "Cideng, Gambir, Jakarta Pusat".
func (w *world) within(k region.Area) string {
	parts := []string{k.Name}
	up := w.pack.Ancestors(k.Code)
	for _, a := range slices.Backward(up) {
		if a.Level > area.Provinsi {
			parts = append(parts, a.Name)
		}
	}
	return strings.Join(parts, ", ")
}

// radius returns how far from its middle, in degrees, a kelurahan surely
// reaches: less than half way to the next one, and never more than 600 m, which
// keeps most of the invented places of small islands near the land.
func radius(k region.Area, all []region.Area) float64 {
	const most, share = 0.0054, 0.45
	nearest := most / share
	for _, other := range all {
		if other.Code != k.Code {
			nearest = min(nearest, math.Hypot(other.Point.Lng-k.Point.Lng, other.Point.Lat-k.Point.Lat))
		}
	}
	return nearest * share
}

// spread invents the RW of a kelurahan, evenly over a disc.
func (w *world) spread(r *rand.Rand, k region.Area, radius float64) []RWPoint {
	span := w.settings.Territorial.PerArea
	for code, exception := range w.settings.Territorial.Exceptions {
		if code.Contains(k.Code) {
			span = exception
		}
	}
	n := between(r, span)
	spread := make([]RWPoint, n)
	for i := range spread {
		spread[i] = RWPoint{Kelurahan: k.Code, Number: i + 1, Point: around(r, k.Point, radius, i, n)}
	}
	return spread
}

// around returns place i of n on a sunflower of that radius, a little beside
// where it would be.
func around(r *rand.Rand, middle aid.Point, radius float64, i, n int) aid.Point {
	const golden = 2.399963229728653 // radians between neighbouring seeds
	distance := radius * math.Sqrt((float64(i)+0.2+0.6*r.Float64())/float64(max(1, n)))
	sin, cos := math.Sincos(float64(i) * golden)
	return aid.Point{Lng: rounded(middle.Lng + distance*cos), Lat: rounded(middle.Lat + distance*sin)}
}

// rounded keeps five decimals: a metre.
func rounded(degrees float64) float64 { return math.Round(degrees*1e5) / 1e5 }

func (w *world) flags(r *rand.Rand, kind aid.KindID) []aid.Flag {
	var flags []aid.Flag
	for _, f := range w.settings.Flags {
		if has := r.Float64() < f.Share; has && slices.Contains(f.Kinds, kind) {
			flags = append(flags, aid.Flag{ID: f.Flag, On: w.today.Plus(-60), Source: Source})
		}
	}
	return flags
}

// indicators gives most RW small figures and few RW large ones.
func (w *world) indicators(r *rand.Rand) []aid.Indicator {
	var figures []aid.Indicator
	for _, i := range w.pack.Indicators {
		most := w.settings.Indicators[i.ID]
		u := r.Float64()
		figures = append(figures, aid.Indicator{ID: i.ID, Value: int64(float64(most) * u * u * u), On: w.today.Plus(-1), Source: Source})
	}
	return figures
}

// institutions makes every other kind of recipient, spread over the kelurahan
// so that each kota has its part.
func (w *world) institutions() {
	r := w.random(streamInstitutions)
	kelurahan := w.pack.At(area.Kelurahan)
	if len(kelurahan) == 0 {
		return
	}
	for _, kind := range w.pack.Kinds {
		setting := w.settings.Kinds[kind.ID]
		used := map[area.Code]int{}
		// Step through the codes with a random start: kota with more kelurahan get
		// more, and none is left out by chance.
		start := r.Float64()
		for i := range setting.Count {
			k := kelurahan[int((float64(i)+start)*float64(len(kelurahan))/float64(setting.Count))%len(kelurahan)]
			used[k.Code]++
			households := int64(between(r, setting.Households))
			people := int64(between(r, setting.People))
			if households > 0 {
				people = int64(float64(households) * (3.4 + 0.8*r.Float64()))
			}
			flower := names[r.IntN(len(names))]
			w.listings = append(w.listings, aid.Listing{Recipient: aid.Recipient{
				ID:   aid.RecipientID(fmt.Sprintf("%s-%s-%03d", k.Code, kind.ID, used[k.Code])),
				Name: fmt.Sprintf("%s Contoh %s %s", kind.Name, flower, k.Name),
				Kind: kind.ID, Area: k.Code, Point: around(r, k.Point, radius(k, kelurahan), r.IntN(40), 40),
				Households: households, People: people,
				Address: fmt.Sprintf("Jalan Contoh %s No. %d, %s", names[r.IntN(len(names))], 1+r.IntN(120), w.within(k)),
				Flags:   w.flags(r, kind.ID),
				Demo:    true,
			}})
		}
	}
}

// stewards names who answers for each listing. The numbers begin with 000,
// which no operator in Indonesia is given, so none of them can ring.
func (w *world) stewards() {
	for i := range w.listings {
		l := &w.listings[i]
		title := [...]string{"Ibu", "Bapak"}[i%2]
		l.Recipient.Steward = fmt.Sprintf("%s Contoh %s", title, names[(i*7+i/len(names))%len(names)])
		l.Steward = aid.Contact{
			Name:  l.Recipient.Steward,
			Email: fmt.Sprintf("pj-%04d@contoh.invalid", i+1),
			Phone: fmt.Sprintf("+62000%07d", i+1),
		}
	}
}

// needs gives every listing what recipients of its kind need.
func (w *world) needs() {
	r := w.random(streamNeeds)
	for i := range w.listings {
		l := &w.listings[i]
		confirmed := w.today.Plus(-r.IntN(25))
		if r.Float64() < 0.15 {
			confirmed = w.today.Plus(-w.pack.Limits.NeedStaleDays - 1 - r.IntN(30))
		}
		lines := map[aid.NeedID]aid.Need{}
		for _, n := range w.settings.Needs {
			chosen, size := r.Float64() < n.Share, n.Range[0]+(n.Range[1]-n.Range[0])*r.Float64()
			if !chosen || !slices.Contains(n.Kinds, l.Recipient.Kind) || !carries(l.Recipient, n.Flag) {
				continue
			}
			need := aid.Need{
				ID: aid.NeedOf(l.Recipient.ID, n.Package), Recipient: l.Recipient.ID, Package: n.Package,
				Needed: max(1, int64(math.Round(size*units(l.Recipient, n.Per)))),
				Source: Source, ConfirmedOn: confirmed, ConfirmedBy: confirmer(l.Recipient, w.pack),
			}
			if p, ok := w.pack.Package(n.Package); ok {
				need.Program = p.Program
			}
			lines[need.ID] = need
		}
		for _, id := range slices.Sorted(maps.Keys(lines)) {
			l.Needs = append(l.Needs, lines[id])
		}
		l.Activity.UpdatedAt = w.at(confirmed, 9*time.Hour)
		if w.midnight.Before(l.Activity.UpdatedAt) {
			l.Activity.UpdatedAt = w.midnight.UTC() // today has only begun
		}
	}
}

// carries tells whether a recipient has a flag; every recipient carries none.
func carries(r aid.Recipient, flag aid.FlagID) bool {
	return flag == "" || slices.ContainsFunc(r.Flags, func(f aid.Flag) bool { return f.ID == flag })
}

// units counts what a need is measured by. Where households are not counted,
// four people make one, as the reference packages do (S-082).
func units(r aid.Recipient, per string) float64 {
	switch {
	case per == "person":
		return float64(r.People)
	case per == "household" && r.Households > 0:
		return float64(r.Households)
	case per == "household":
		return float64(r.People) / 4
	}
	return 1
}

// confirmer names the office, never the person, that confirmed a need.
func confirmer(r aid.Recipient, pack *region.Pack) string {
	k, _ := pack.Kind(r.Kind)
	// "ketua RW" inside a sentence: only the first letter is lowered.
	return strings.ToLower(k.Steward[:1]) + k.Steward[1:]
}

// at returns the instant that lies after the beginning of day d.
func (w *world) at(d aid.Day, after time.Duration) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), w.pack.Zone)
	if err != nil {
		t = w.midnight
	}
	return t.Add(after).UTC()
}
