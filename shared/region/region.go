// Package region reads region packs: the folders of JSON that say which areas,
// programmes, packages, partners and words a region has. It knows no region by
// name; a second province is a second folder under packs/.
//
// A pack is read once and never changes, so everything returned here may be
// shared and must not be modified. What an office changes later is another
// pack, see [Pack.Amended].
package region

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
)

//go:embed packs
var embedded embed.FS

// Schemas holds the JSON Schema of every pack file, as
// "schemas/<file>.schema.json".
//
//go:embed schemas
var Schemas embed.FS

// Pack is one region: its areas and everything that differs from region to
// region.
type Pack struct {
	Name     string // the folder's name, "dki-jakarta"
	Title    string // "KSBB Jakarta"
	Root     area.Code
	Zone     *time.Location // fixed offset: Indonesia has no daylight saving
	Box      Box            // every point of the region lies in it
	Insets   []area.Code    // areas too far away for the main map, drawn in a box of their own
	Operator Operator
	Texts    Texts

	Areas       []Area // ordered by code, so that a parent stands before its children
	Programs    []Program
	Packages    []Package
	Groups      []aid.Group
	Kinds       []Kind
	Indicators  []Indicator
	Flags       []Flag
	Aggregators []Aggregator
	Channels    []Channel
	GoodsRules  []GoodsRule
	Limits      aid.Limits
	Complaints  aid.ComplaintRules

	entries   entries // what may be amended, as it is written
	catalogue *aid.Catalogue
	english   map[string]bahasa.Forms // of the texts, empty for a pack in Indonesian alone
	index     map[area.Code]int       // position in Areas
	outlines  map[area.Code]Shape
	lowest    func() map[area.Code]Shape
}

// Area is a province, kota, kecamatan or kelurahan of the region. RW are not
// areas of the pack: they are recipients.
type Area struct {
	Code       area.Code
	Name       string // as people say it, "Jakarta Selatan"
	Official   string // "Kota Administrasi Jakarta Selatan"; the name where there is no other
	Level      area.Level
	Point      aid.Point // a point inside it, near its middle
	Households int64     // 0 when the pack does not know
}

// Box is a range of longitudes and latitudes in degrees.
type Box struct{ West, South, East, North float64 }

// Contains tells whether p lies in the box.
func (b Box) Contains(p aid.Point) bool {
	return b.West <= p.Lng && p.Lng <= b.East && b.South <= p.Lat && p.Lat <= b.North
}

// Operator is the office that answers for the site.
type Operator struct {
	Name   string `json:"name"`
	Office string `json:"office"` // the government it belongs to
	Site   string `json:"site"`   // host name
	Help   string `json:"help"`   // how to reach it, in words
}

// Texts are the sentences that a region words itself. They are plain text in
// Indonesian.
type Texts struct {
	Programme       string   `json:"programme"` // the full name behind the four letters
	Short           string   `json:"short"`
	Hashtag         string   `json:"hashtag"`
	Tagline         string   `json:"tagline"`
	Purpose         string   `json:"purpose"`
	HouseholdNote   string   `json:"householdNote"`   // how many people a KK is taken to be
	EquivalentNote  string   `json:"equivalentNote"`  // "atau bentuk lain yang setara"
	StatementTitle  string   `json:"statementTitle"`  // of the letter that a collaborator signs
	Statement       []string `json:"statement"`       // its clauses, in order
	Consent         string   `json:"consent"`         // to the use of one's contact
	GoodsAcceptance string   `json:"goodsAcceptance"` // the sentence beside the tick for the goods rules
	ContactDeadline string   `json:"contactDeadline"`
	ReadyMeals      string   `json:"readyMeals"` // why they have no aggregator route
	Demo            string   `json:"demo"`
	Approximate     string   `json:"approximate"` // beside a map drawn without outlines
}

// Program is a programme with what a page says about it.
type Program struct {
	aid.Program
	Summary string
	Kinds   []aid.KindID // who may receive from it
}

// Package is a catalogue entry with what a page says about it.
type Package struct {
	aid.Package
	Per     string // what the price is for, "KK/minggu"
	Summary string
	Note    string // where the wording or the price comes from
	Kinds   []aid.KindID
	things  bahasa.Forms // where they are not those of bahasa.Thing
}

// For tells whether recipients of kind k may need the package.
func (p Package) For(k aid.KindID) bool { return slices.Contains(p.Kinds, k) }

// Kind is a kind of recipient with what a page says about it.
type Kind struct {
	aid.Kind
	// Territorial marks the one kind whose recipients are areas themselves (RW).
	Territorial bool
	Steward     string // what the person in charge is called, "Ketua RW"
	many        string // the name of several, where it differs
}

// Indicator is a figure that the region publishes per recipient.
type Indicator struct {
	ID    aid.IndicatorID `json:"id"`
	Name  string          `json:"name"`
	Unit  string          `json:"unit"`
	About string          `json:"about"`
	one   string          // the unit of a single one, where it differs
}

// Flag is a mark that the region publishes per recipient.
type Flag struct {
	ID    aid.FlagID `json:"id"`
	Name  string     `json:"name"`
	About string     `json:"about"`
}

// Aggregator is a distribution partner with what a page says about it.
type Aggregator struct {
	aid.Aggregator
	Evidence string // by what the office knows of the permit, in words
	// OperatingShare is what it declares to keep of what it is given for its own work,
	// in percent; nil where it declared nothing.
	OperatingShare *float64
	Note           string
}

// Channel is one of the region's own ways to complain.
type Channel struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Medium  string  `json:"medium"`  // "aplikasi", "media-sosial", "surel", "pesan", "situs", "tatap-muka", "media-massa"
	Address string  `json:"address"` // handle, host name or e-mail address; empty where there is none to print
	About   string  `json:"about"`
	Online  bool    `json:"online"`
	From    aid.Day `json:"from"`  // empty: from the beginning
	Until   aid.Day `json:"until"` // last day; empty: still open
}

// GoodsRule is a condition that goods must meet, accepted on the form.
type GoodsRule struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Programs limits the rule to some programmes; empty means all.
	Programs []aid.ProgramID `json:"programs"`
}

// Names lists the packs that are built in.
func Names() []string {
	entries, err := embedded.ReadDir("packs")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// Load reads a pack that is built in. An unknown name wraps [aid.ErrNotFound].
func Load(name string) (*Pack, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("region pack %q (there are %s): %w", name, strings.Join(Names(), ", "), aid.ErrNotFound)
	}
	folder, err := fs.Sub(embedded, "packs/"+name)
	if err != nil {
		return nil, fmt.Errorf("open region pack %q: %w", name, err)
	}
	return Read(folder)
}

// Catalogue returns what the rules need to know of the region.
func (p *Pack) Catalogue() *aid.Catalogue { return p.catalogue }

// Area returns the area with that code. RW are not in the pack.
func (p *Pack) Area(code area.Code) (Area, bool) {
	i, ok := p.index[code]
	if !ok {
		return Area{}, false
	}
	return p.Areas[i], true
}

// AreaName returns the name of an area, "RW 003" for an RW of a known
// kelurahan (in the region's own word for it), and the code itself for an area
// that the pack does not know.
func (p *Pack) AreaName(code area.Code) string {
	if a, ok := p.Area(code); ok {
		return a.Name
	}
	if _, ok := p.Area(code.Parent()); ok && code.Level() == area.RW {
		word := "RW"
		if k, ok := p.Territorial(); ok {
			word = k.Name
		}
		return word + " " + string(code[len(code)-3:])
	}
	return string(code)
}

// Ancestors returns the areas that contain code, from the widest to its
// parent. Areas that the pack does not know are left out.
func (p *Pack) Ancestors(code area.Code) []Area {
	var up []Area
	for c := code.Parent(); c != ""; c = c.Parent() {
		if a, ok := p.Area(c); ok {
			up = append(up, a)
		}
	}
	slices.Reverse(up)
	return up
}

// Children returns the areas directly inside code, ordered by code.
func (p *Pack) Children(code area.Code) []Area {
	var inside []Area
	for _, a := range p.Areas {
		if a.Code.Parent() == code {
			inside = append(inside, a)
		}
	}
	return inside
}

// At returns all areas of a level, ordered by code.
func (p *Pack) At(level area.Level) []Area {
	var found []Area
	for _, a := range p.Areas {
		if a.Level == level {
			found = append(found, a)
		}
	}
	return found
}

// Leaves returns every leaf that may ever exist: each group in each area of its
// level. They are ordered by area, then by the groups' order.
func (p *Pack) Leaves() []aid.Leaf {
	var leaves []aid.Leaf
	for _, a := range p.Areas {
		for _, g := range p.Groups {
			if g.Level == a.Level {
				leaves = append(leaves, aid.Leaf{Area: a.Code, Group: g.ID})
			}
		}
	}
	return leaves
}

// Territorial returns the kind whose recipients are areas themselves, and false
// when the region has none.
func (p *Pack) Territorial() (Kind, bool) {
	i := slices.IndexFunc(p.Kinds, func(k Kind) bool { return k.Territorial })
	if i < 0 {
		return Kind{}, false
	}
	return p.Kinds[i], true
}

// FirstGroup returns the group that stands for an area on its own page: that of
// the territorial kind, else the first.
func (p *Pack) FirstGroup() aid.GroupID {
	if k, ok := p.Territorial(); ok {
		return k.Group
	}
	return p.Groups[0].ID
}

// Kind returns the kind with that id.
func (p *Pack) Kind(id aid.KindID) (Kind, bool) {
	return find(p.Kinds, func(k Kind) bool { return k.ID == id })
}

// Program returns the programme with that id.
func (p *Pack) Program(id aid.ProgramID) (Program, bool) {
	return find(p.Programs, func(g Program) bool { return g.ID == id })
}

// Package returns the package with that id.
func (p *Pack) Package(id aid.PackageID) (Package, bool) {
	return find(p.Packages, func(k Package) bool { return k.ID == id })
}

// PackagesOf returns a programme's packages in display order.
func (p *Pack) PackagesOf(id aid.ProgramID) []Package {
	var found []Package
	for _, k := range p.Packages {
		if k.Program == id {
			found = append(found, k)
		}
	}
	return found
}

// ChannelsOn returns the complaint channels open on day d.
func (p *Pack) ChannelsOn(d aid.Day) []Channel {
	var open []Channel
	for _, c := range p.Channels {
		if c.From <= d && (c.Until == "" || d <= c.Until) {
			open = append(open, c)
		}
	}
	return open
}

// RulesFor returns the goods rules that apply to a programme.
func (p *Pack) RulesFor(id aid.ProgramID) []GoodsRule {
	var rules []GoodsRule
	for _, r := range p.GoodsRules {
		if len(r.Programs) == 0 || slices.Contains(r.Programs, id) {
			rules = append(rules, r)
		}
	}
	return rules
}

func find[T any](all []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	var none T
	return none, false
}

// finish builds what is derived from a checked pack.
func (p *Pack) finish() {
	c := &aid.Catalogue{
		Programs:    map[aid.ProgramID]aid.Program{},
		Packages:    map[aid.PackageID]aid.Package{},
		Kinds:       map[aid.KindID]aid.Kind{},
		Groups:      map[aid.GroupID]aid.Group{},
		Aggregators: map[aid.AggregatorID]aid.Aggregator{},
		Limits:      p.Limits,
		Complaints:  p.Complaints,
		Zone:        p.Zone,
	}
	for _, g := range p.Programs {
		c.Programs[g.ID] = g.Program
	}
	for _, k := range p.Packages {
		c.Packages[k.ID] = k.Package
	}
	for _, k := range p.Kinds {
		c.Kinds[k.ID] = k.Kind
	}
	for _, g := range p.Groups {
		c.Groups[g.ID] = g
	}
	for _, a := range p.Aggregators {
		c.Aggregators[a.ID] = a.Aggregator
	}
	p.catalogue = c
	p.lowest = sync.OnceValue(p.draw)
}
