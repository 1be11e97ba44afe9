// Package aid holds the vocabulary of KSBB and its rules: who needs what, who
// promised what, which promise may follow which, and which refusal a person
// gets. It never reads a clock, a table or the network: time, identity and
// randomness arrive as arguments.
package aid

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"ksbb/shared/area"
)

// Rupiah is money in whole rupiah. The platform reports money, it never holds
// any.
type Rupiah int64

// Day is a calendar day "2006-01-02" in the region's own time zone. Days
// compare as strings.
type Day string

// ParseDay checks that s is a real calendar day.
func ParseDay(s string) (Day, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("day %q: want YYYY-MM-DD", s)
	}
	return Day(s), nil
}

// DayOf returns the day that instant t falls on in zone.
func DayOf(t time.Time, zone *time.Location) Day { return Day(t.In(zone).Format(time.DateOnly)) }

// Plus returns the day n days after d. A malformed day yields the empty day.
func (d Day) Plus(n int) Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return Day(t.AddDate(0, 0, n).Format(time.DateOnly))
}

// Week returns the ISO week that a day is in: "2026-W14". A malformed day yields
// the empty text.
func (d Day) Week() string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	year, week := t.ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// Month returns the month that a day is in: "2026-03".
func (d Day) Month() string { return string(d)[:min(len(d), len("2006-01"))] }

// Begins returns the instant at which a day begins in zone, in UTC. A malformed
// day yields the zero time.
func (d Day) Begins(zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Point is a WGS84 position in degrees, longitude first as in RFC 7946.
type Point struct {
	Lng float64 `json:"lng"`
	Lat float64 `json:"lat"`
}

// Metres returns the great-circle distance between two points.
func (p Point) Metres(q Point) float64 {
	const earth = 6_371_008.8 // mean radius in metres, IUGG
	rad := math.Pi / 180
	dLat, dLng := (q.Lat-p.Lat)*rad, (q.Lng-p.Lng)*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(p.Lat*rad)*math.Cos(q.Lat*rad)*math.Pow(math.Sin(dLng/2), 2)
	return 2 * earth * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Identifiers. Each is opaque outside the package that makes it.
type (
	// RecipientID is the area code for an RW and
	// "<kelurahan>-<kind>-<number>" for every other kind of recipient.
	RecipientID string
	// NeedID is "<recipient>:<package>".
	NeedID string
	// CommitmentID is a UUIDv7 made by the collaborator's phone before sending.
	CommitmentID string
	// CollaboratorID stands for one verified channel (a keyed hash of the
	// e-mail address), so that the same giver is counted once. It is never published.
	CollaboratorID string
	// ProgramID, PackageID, KindID, IndicatorID, FlagID, AggregatorID and
	// GroupID are slugs of the region pack.
	ProgramID    string
	PackageID    string
	KindID       string
	IndicatorID  string
	FlagID       string
	AggregatorID string
	GroupID      string
)

// Class is what kind of giver a collaborator is, as the statistics split it
// (S-028).
type Class string

// The five classes of S-028.
const (
	SocialOrganization Class = "social_organization"
	Business           Class = "business"
	Individual         Class = "individual"
	Community          Class = "community"
	Government         Class = "government"
)

// Classes lists every class in the order in which they are shown.
var Classes = []Class{SocialOrganization, Business, Individual, Community, Government}

// Modality tells in which form a package is given. Loans are tallied apart
// from gifts.
type Modality string

// The modalities of the catalogue.
const (
	Goods    Modality = "goods"
	Cash     Modality = "cash"
	Loan     Modality = "loan"
	Training Modality = "training"
	Service  Modality = "service"
)

// Route is how a gift reaches its recipient (S-111).
type Route string

// The two routes.
const (
	Direct    Route = "direct"
	Aggregate Route = "aggregator"
)

// Recipient is a unit that may receive aid: an RW, a panti, a pesantren, a
// school. It is never a person. Everything in it is public.
type Recipient struct {
	ID         RecipientID
	Name       string
	Kind       KindID
	Area       area.Code // the RW itself, or the kelurahan an institution stands in
	Point      Point
	Households int64
	People     int64
	Steward    string // name of the person in charge, public (S-065)
	Address    string
	Flags      []Flag
	Indicators []Indicator
	Demo       bool // invented for a demonstration; its contact must never be dialled
	Closed     bool // takes no new commitment
	// Into is the recipient that this one turned out to be, listed twice; empty
	// for all others. What was promised here stays here.
	Into RecipientID
	// Edits counts the changes that an office made since it was listed.
	Edits int64
}

// Flag is a public mark such as "receives the province's bansos" (S-070).
type Flag struct {
	ID     FlagID `json:"id"`
	On     Day    `json:"on"`
	Source string `json:"source"`
}

// Indicator is a published figure about the recipient, such as positive cases
// (S-072).
type Indicator struct {
	ID     IndicatorID `json:"id"`
	Value  int64       `json:"value"`
	On     Day         `json:"on"`
	Source string      `json:"source"`
}

// Need is one line of what a recipient needs: a package, a number of units and
// how far it has been met. Units are whole, and always
//
//	Needed ≥ Committed + Delivered + Received ≥ 0
//
// where Committed counts what is promised and not yet reported as delivered,
// Delivered what is reported and not yet confirmed, Received what the steward
// confirmed.
type Need struct {
	ID          NeedID
	Recipient   RecipientID
	Program     ProgramID
	Package     PackageID
	Needed      int64
	Committed   int64
	Delivered   int64
	Received    int64
	Source      string // who assessed it
	ConfirmedOn Day
	ConfirmedBy string // an office ("ketua RW", "kelurahan"), never a person's name
	// Earlier lists how much was needed before, oldest first: a report of a past
	// period says what was known then.
	Earlier []Level
	// Edits counts the changes that an office made since it was listed.
	Edits int64
}

// Level is how much was needed until an instant.
type Level struct {
	Until  time.Time
	Needed int64
}

// MaxLevels bounds what a need remembers of itself; the oldest goes first.
const MaxLevels = 40

// NeededAt returns how much was needed just before instant t.
func (n Need) NeededAt(t time.Time) int64 {
	for _, l := range n.Earlier {
		if !t.After(l.Until) {
			return l.Needed
		}
	}
	return n.Needed
}

// Changed returns the need with another figure from instant now on.
func (n Need) Changed(needed int64, now time.Time) Need {
	if needed == n.Needed {
		return n
	}
	n.Earlier = append(slices.Clone(n.Earlier), Level{Until: now, Needed: n.Needed})
	if over := len(n.Earlier) - MaxLevels; over > 0 {
		n.Earlier = n.Earlier[over:]
	}
	n.Needed = needed
	return n
}

// Remaining returns how many units nobody has promised yet.
func (n Need) Remaining() int64 { return n.Needed - n.Committed - n.Delivered - n.Received }

// Holds tells whether the need's figures can all be true at once.
func (n Need) Holds() bool {
	return n.Committed >= 0 && n.Delivered >= 0 && n.Received >= 0 && n.Remaining() >= 0
}

// NeedOf spells the identifier of a recipient's need for a package.
func NeedOf(r RecipientID, p PackageID) NeedID { return NeedID(string(r) + ":" + string(p)) }

// Activity is what a recipient's commitments add up to beside its need lines.
// Rev rises by one with every change to any of its commitments, so two readings
// can be ordered.
type Activity struct {
	Rev           int64
	Open          int64  // commitments that hold a promise now (pledged or later, not ended)
	FreeCommitted Rupiah // estimated value of promised aid outside any need line
	FreeDelivered Rupiah
	FreeReceived  Rupiah
	Pledged       int64 // commitments ever pledged
	Lapsed        int64 // commitments that are lapsed now
	// Hours counts commitments by the whole hours between pledge and contact.
	Hours     map[int]int64
	Plan      Plan
	UpdatedAt time.Time
}

// Plan says how a recipient shares out fewer packages than it has households.
// It is public. The zero Plan is none.
type Plan struct {
	Method PlanMethod
	On     Day
}

// PlanMethod is one of a few ways of sharing out, so that what is published
// needs no one's reading first.
type PlanMethod string

// The ways.
const (
	PlanTurns   PlanMethod = "turns"   // households take turns
	PlanNeed    PlanMethod = "need"    // those most in need first
	PlanSplit   PlanMethod = "split"   // packages are divided
	PlanKitchen PlanMethod = "kitchen" // cooked together
)

// PlanMethods lists every way.
var PlanMethods = []PlanMethod{PlanTurns, PlanNeed, PlanSplit, PlanKitchen}

// Place is a recipient with its needs and activity: what one point of the map
// stands for.
type Place struct {
	Recipient Recipient
	Needs     []Need // ordered by ID
	Activity  Activity
}

// Leaf names the smallest piece of the map that is read and published at once.
// It is the partition of the ledger and the file of the public tree.
type Leaf struct {
	Area  area.Code
	Group GroupID
}

// String returns "<area>-<group>", as in the file name.
func (l Leaf) String() string { return string(l.Area) + "-" + string(l.Group) }

// ParseLeaf reads what String wrote.
func ParseLeaf(s string) (Leaf, error) {
	code, group, ok := strings.Cut(s, "-")
	c, err := area.Parse(code)
	if !ok || err != nil || group == "" {
		return Leaf{}, fmt.Errorf("leaf %q: want <area>-<group>", s)
	}
	return Leaf{Area: c, Group: GroupID(group)}, nil
}
