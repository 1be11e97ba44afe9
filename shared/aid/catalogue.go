package aid

import (
	"time"

	"ksbb/shared/area"
)

// Catalogue is what a region offers and asks: the part of a region pack that
// the rules need. It is read-only once made.
type Catalogue struct {
	Programs    map[ProgramID]Program
	Packages    map[PackageID]Package
	Kinds       map[KindID]Kind
	Groups      map[GroupID]Group
	Aggregators map[AggregatorID]Aggregator
	Limits      Limits
	Complaints  ComplaintRules
	Zone        *time.Location
}

// Program is one KSBB programme, such as pangan or umkm.
type Program struct {
	ID      ProgramID
	Name    string
	Running bool // planned programmes are shown and take no commitment (S-145 … S-150)
}

// Package is a catalogue entry: what one unit contains and what it is worth.
type Package struct {
	ID          PackageID
	Program     ProgramID
	Name        string
	Unit        string // "paket", "porsi", "keluarga"
	Contents    []string
	Modality    Modality
	DirectOnly  bool    // ready meals go directly, through the RW (S-110)
	Equivalents bool    // "atau bentuk lain yang setara" (S-086)
	Once        bool    // "hanya 1x"
	Prices      []Price // ascending by From
	// HouseholdDays per 1,000 units: 7,000 when one unit feeds one household for
	// a week, 250 when it feeds one person of four for a day. 0 where it makes no sense.
	MilliHouseholdDays int64
}

// Price is the reference price of one unit from a day on.
type Price struct {
	From   Day
	Amount Rupiah
}

// PriceOn returns the reference price of one unit on day d, and false when the
// catalogue has none for that day.
func (p Package) PriceOn(d Day) (Rupiah, bool) {
	var price Rupiah
	found := false
	for _, q := range p.Prices {
		if q.From <= d {
			price, found = q.Amount, true
		}
	}
	return price, found
}

// Kind is a kind of recipient: RW, panti asuhan, pesantren, UMKM …
type Kind struct {
	ID          KindID
	Name        string // Indonesian, singular
	Group       GroupID
	Institution bool
	// Coarse hides the exact point and address: houses children, and the region
	// chose to publish the kelurahan only.
	Coarse bool
}

// Group is a set of kinds that share the leaves of the map.
type Group struct {
	ID GroupID
	// Level is how wide a leaf of this group is. Kecamatan, or Kelurahan where a
	// kecamatan would outgrow the 1 MB that one DynamoDB query returns.
	Level area.Level
}

// LeafOf is the one function that names leaves. Every recipient of an unknown
// kind would be lost to the map, so it reports whether the kind is known.
func (c *Catalogue) LeafOf(r Recipient) (Leaf, bool) {
	g, ok := c.Groups[c.Kinds[r.Kind].Group]
	code := r.Area.At(g.Level)
	if !ok || code == "" {
		return Leaf{}, false
	}
	return Leaf{Area: code, Group: g.ID}, true
}

// Aggregator is a licensed humanitarian body that may carry gifts (S-034).
type Aggregator struct {
	ID     AggregatorID
	Name   string
	Permit Permit
	// Frozen is the instant since which it takes nothing new, by decision of the
	// office; zero while it does. What it took before stays as it is.
	Frozen time.Time
}

// Refuses tells why the aggregator takes nothing on a day that is delivered by
// another: "frozen", or "permit" where its licence is not in force on both. It
// is empty where the aggregator does take it.
func (a Aggregator) Refuses(today, last Day) string {
	switch {
	case !a.Frozen.IsZero():
		return "frozen"
	case !a.Permit.Valid(today) || !a.Permit.Valid(last):
		return "permit"
	}
	return ""
}

// refusal is the answer for a member of a request that names an aggregator
// which refuses, and nil where it does not.
func (a Aggregator) refusal(pointer string, today, last Day) *Field {
	switch code := a.Refuses(today, last); code {
	case "frozen":
		return &Field{Pointer: pointer, Code: code, Detail: "takes nothing new at present"}
	case "permit":
		return &Field{Pointer: pointer, Code: code, Detail: "its permit is not in force for the whole period"}
	}
	return nil
}

// Amendment is one entry of a region's catalogue as it was changed after the
// pack was made: it stands instead of the pack's entry of that id, or beside the
// others. It holds nothing personal.
type Amendment struct {
	List    List
	ID      string
	Entry   []byte // JSON, in the words of the pack's own file
	Version int64  // of the entry; 1 is the first amendment
	At      time.Time
}

// List is which list of the catalogue an entry is in.
type List string

// The lists that can be amended.
const (
	ProgramList    List = "programs"
	PackageList    List = "packages"
	AggregatorList List = "aggregators"
)

// AmendedLists names them.
var AmendedLists = []List{ProgramList, PackageList, AggregatorList}

// Permit is the licence of an aggregator by the Ministry of Social Affairs.
type Permit struct {
	Number  string
	Until   Day // last day of validity
	Revoked Day // empty while in force
}

// Valid tells whether the permit is in force on day d.
func (p Permit) Valid(d Day) bool {
	return p.Number != "" && d <= p.Until && (p.Revoked == "" || d < p.Revoked)
}

// End returns the last day on which the permit is in force.
func (p Permit) End() Day {
	if p.Revoked != "" && p.Revoked <= p.Until {
		return p.Revoked.Plus(-1)
	}
	return p.Until
}

// Limits are the region's numbers. Times and counts that the rules leave to a
// region stand here and nowhere else.
type Limits struct {
	MaxLines         int   // lines in one commitment
	MaxUnits         int64 // units in one line
	MaxValue         Rupiah
	MaxPeriodDays    int    // from first to last day of a commitment's period
	MaxLeadDays      int    // from today to the period's first day
	VerifyHours      int    // an unverified submission is dropped after (24)
	ContactHours     int    // the 2×24 h of S-106
	NudgeHours       [2]int // into the 2×24 h, at which the collaborator is reminded (24, 40)
	LettersPerDay    int    // to one address, beside those that prove a channel
	CodesPerDay      int    // codes and links to one address
	CodeTries        int    // wrong codes before a submission is closed (5)
	RevealsContact   int    // per verified contact and day
	RevealsRecipient int    // per recipient and day
	RevealsNetwork   int    // per network and day
	RevealsRegionMin int    // the region's daily budget never falls below
	NeedStaleDays    int    // a need not confirmed for so long is "perlu dikonfirmasi"
}
