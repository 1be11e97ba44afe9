package region

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// boundaries is the one file that a pack may leave out.
const boundaries = "boundaries.geojson"

// The files of a pack as they are written. The tags in schemas/ say the same
// to people who write a pack.
type (
	regionFile struct {
		Name  string    `json:"name"`
		Title string    `json:"title"`
		Root  area.Code `json:"root"`
		Zone  struct {
			Name          string `json:"name"`
			OffsetMinutes int    `json:"offsetMinutes"`
		} `json:"zone"`
		Box struct {
			West  float64 `json:"west"`
			South float64 `json:"south"`
			East  float64 `json:"east"`
			North float64 `json:"north"`
		} `json:"box"`
		Insets   []area.Code `json:"insets"`
		Operator Operator    `json:"operator"`
		Texts    Texts       `json:"texts"`
	}
	areasFile struct {
		Areas []struct {
			Code       area.Code `json:"code"`
			Name       string    `json:"name"`
			Official   string    `json:"official"`
			Lat        *float64  `json:"lat"`
			Lng        *float64  `json:"lng"`
			Households int64     `json:"households"`
		} `json:"areas"`
	}
	programsFile struct {
		Programs []ProgramEntry `json:"programs"`
	}
	packagesFile struct {
		Packages []PackageEntry `json:"packages"`
	}
	kindsFile struct {
		Groups []struct {
			ID    aid.GroupID `json:"id"`
			Level string      `json:"level"`
		} `json:"groups"`
		Kinds []struct {
			ID          aid.KindID  `json:"id"`
			Name        string      `json:"name"`
			Steward     string      `json:"steward"`
			Group       aid.GroupID `json:"group"`
			Territorial bool        `json:"territorial"`
			Institution bool        `json:"institution"`
			Coarse      bool        `json:"coarse"`
		} `json:"kinds"`
	}
	indicatorsFile struct {
		Indicators []Indicator `json:"indicators"`
		Flags      []Flag      `json:"flags"`
	}
	aggregatorsFile struct {
		Aggregators []AggregatorEntry `json:"aggregators"`
	}
	channelsFile struct {
		Channels []Channel `json:"channels"`
	}
	complaintsFile struct {
		Days      int `json:"days"`
		QuietDays int `json:"quietDays"`
		Desks     []struct {
			Classes []aid.ComplaintClass `json:"classes"`
			Desk    aid.HigherDesk       `json:"desk"`
		} `json:"desks"`
	}
	goodsRulesFile struct {
		Rules []GoodsRule `json:"rules"`
	}
	limitsFile struct {
		MaxLines         int        `json:"maxLines"`
		MaxUnits         int64      `json:"maxUnits"`
		MaxValue         aid.Rupiah `json:"maxValue"`
		MaxPeriodDays    int        `json:"maxPeriodDays"`
		MaxLeadDays      int        `json:"maxLeadDays"`
		VerifyHours      int        `json:"verifyHours"`
		ContactHours     int        `json:"contactHours"`
		NudgeHours       [2]int     `json:"nudgeHours"`
		LettersPerDay    int        `json:"lettersPerDay"`
		CodesPerDay      int        `json:"codesPerDay"`
		CodeTries        int        `json:"codeTries"`
		RevealsContact   int        `json:"revealsContact"`
		RevealsRecipient int        `json:"revealsRecipient"`
		RevealsNetwork   int        `json:"revealsNetwork"`
		RevealsRegionMin int        `json:"revealsRegionMin"`
		NeedStaleDays    int        `json:"needStaleDays"`
	}
)

// Read reads a pack from a folder and checks it: every reference points to
// something, every code has its parent, every place lies in the region. It
// refuses members it does not know, and lists all that is wrong, not only the
// first.
func Read(folder fs.FS) (*Pack, error) {
	r := &reader{folder: folder, pack: &Pack{index: map[area.Code]int{}}}
	r.region()
	r.areas()
	r.kinds() // before programs and packages, which point to kinds
	r.programs()
	r.packages()
	r.indicators()
	r.aggregators()
	r.channels()
	r.complaints()
	r.goodsRules()
	r.limits()
	r.outlines()
	r.translations()
	if len(r.wrong) > 0 {
		return nil, fmt.Errorf("read region pack: %w", errors.Join(r.wrong...))
	}
	r.pack.finish()
	return r.pack, nil
}

// reader collects what is wrong while it builds the pack.
type reader struct {
	folder fs.FS
	pack   *Pack
	file   string // the one being read
	wrong  []error
}

// open decodes one file strictly into v and reports whether it could.
func (r *reader) open(file string, v any) bool {
	r.file = file
	b, err := fs.ReadFile(r.folder, file)
	if err != nil {
		r.wrong = append(r.wrong, err)
		return false
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		r.refuse("%w", err)
		return false
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		r.refuse("something follows the JSON value")
		return false
	}
	return true
}

func (r *reader) refuse(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Errorf("%s: "+format, append([]any{r.file}, args...)...))
}

// need refuses an empty text.
func (r *reader) need(what, text string) {
	if strings.TrimSpace(text) == "" {
		r.refuse("%s is empty", what)
	}
}

// day refuses anything but a calendar day; optional days may be empty.
func (r *reader) day(what string, d aid.Day, optional bool) {
	if d == "" && optional {
		return
	}
	if _, err := aid.ParseDay(string(d)); err != nil {
		r.refuse("%s: %w", what, err)
	}
}

var slug = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// ids refuses identifiers that are not slugs, or that occur twice.
func ids[T ~string](r *reader, what string, seen map[T]bool, id T) {
	if !slug.MatchString(string(id)) {
		r.refuse("%s %q is not a slug", what, id)
	}
	if seen[id] {
		r.refuse("%s %q occurs twice", what, id)
	}
	seen[id] = true
}

func (r *reader) region() {
	var f regionFile
	if !r.open("region.json", &f) {
		return
	}
	p := r.pack
	p.Name, p.Title, p.Root, p.Operator, p.Texts = f.Name, f.Title, f.Root, f.Operator, f.Texts
	p.Box, p.Insets = Box(f.Box), f.Insets
	p.Zone = time.FixedZone(f.Zone.Name, f.Zone.OffsetMinutes*60)
	ids(r, "name", map[string]bool{}, f.Name)
	r.need("title", f.Title)
	r.need("zone name", f.Zone.Name)
	r.need("operator name", f.Operator.Name)
	if len(f.Texts.Statement) == 0 {
		r.refuse("statement has no clause")
	}
	for what, text := range map[string]string{
		"programme": f.Texts.Programme, "short": f.Texts.Short, "hashtag": f.Texts.Hashtag, "purpose": f.Texts.Purpose,
		"statementTitle": f.Texts.StatementTitle, "consent": f.Texts.Consent, "goodsAcceptance": f.Texts.GoodsAcceptance,
		"demo": f.Texts.Demo, "approximate": f.Texts.Approximate,
	} {
		r.need(what, text)
	}
	if f.Zone.OffsetMinutes < -12*60 || f.Zone.OffsetMinutes > 14*60 {
		r.refuse("zone is %d minutes from UTC", f.Zone.OffsetMinutes)
	}
	if p.Root.Level() != area.Provinsi {
		r.refuse("root %q is not a province", p.Root)
	}
	if p.Box.West >= p.Box.East || p.Box.South >= p.Box.North || !(Box{-180, -90, 180, 90}).Contains(aid.Point{Lng: p.Box.West, Lat: p.Box.South}) ||
		!(Box{-180, -90, 180, 90}).Contains(aid.Point{Lng: p.Box.East, Lat: p.Box.North}) {
		r.refuse("box %+v is not one", p.Box)
	}
}

func (r *reader) areas() {
	var f areasFile
	if !r.open("areas.json", &f) {
		return
	}
	p := r.pack
	for _, a := range f.Areas {
		if _, err := area.Parse(string(a.Code)); err != nil {
			r.refuse("%w", err)
			continue
		}
		level := a.Code.Level()
		if level > area.Kelurahan {
			r.refuse("%s is an RW; RW are recipients, not areas of a pack", a.Code)
		}
		r.need("name of "+string(a.Code), a.Name)
		if a.Lat == nil || a.Lng == nil {
			r.refuse("%s has no point", a.Code)
			continue
		}
		point := aid.Point{Lng: *a.Lng, Lat: *a.Lat}
		if !p.Box.Contains(point) {
			r.refuse("%s at %v lies outside the region's box", a.Code, point)
		}
		if a.Households < 0 {
			r.refuse("%s has %d households", a.Code, a.Households)
		}
		if a.Official == "" {
			a.Official = a.Name
		}
		p.Areas = append(p.Areas, Area{a.Code, a.Name, a.Official, level, point, a.Households})
	}
	slices.SortStableFunc(p.Areas, func(a, b Area) int { return strings.Compare(string(a.Code), string(b.Code)) })
	for i, a := range p.Areas {
		if _, twice := p.index[a.Code]; twice {
			r.refuse("%s occurs twice", a.Code)
		}
		p.index[a.Code] = i
		if a.Code == p.Root {
			continue
		}
		if _, ok := p.index[a.Code.Parent()]; !ok {
			r.refuse("%s has no parent %q in the pack", a.Code, a.Code.Parent())
		}
	}
	if _, ok := p.index[p.Root]; !ok {
		r.refuse("the root %q is missing", p.Root)
	}
	for _, code := range p.Insets {
		if _, ok := p.index[code]; !ok {
			r.refuse("inset %q is not an area", code)
		}
	}
}

func (r *reader) kinds() {
	var f kindsFile
	if !r.open("kinds.json", &f) {
		return
	}
	groups, kinds := map[aid.GroupID]bool{}, map[aid.KindID]bool{}
	for _, g := range f.Groups {
		ids(r, "group", groups, g.ID)
		level := map[string]area.Level{"kecamatan": area.Kecamatan, "kelurahan": area.Kelurahan}[g.Level]
		if level == 0 {
			r.refuse("group %q: level %q is neither kecamatan nor kelurahan", g.ID, g.Level)
		}
		r.pack.Groups = append(r.pack.Groups, aid.Group{ID: g.ID, Level: level})
	}
	territorial := 0
	for _, k := range f.Kinds {
		ids(r, "kind", kinds, k.ID)
		r.need("name of kind "+string(k.ID), k.Name)
		r.need("steward of kind "+string(k.ID), k.Steward)
		if !groups[k.Group] {
			r.refuse("kind %q points to group %q, which does not exist", k.ID, k.Group)
		}
		if k.Territorial {
			territorial++
			if k.Institution || k.Coarse {
				r.refuse("kind %q is territorial and an institution at once", k.ID)
			}
		}
		r.pack.Kinds = append(r.pack.Kinds, Kind{
			Kind:        aid.Kind{ID: k.ID, Name: k.Name, Group: k.Group, Institution: k.Institution, Coarse: k.Coarse},
			Territorial: k.Territorial, Steward: k.Steward,
		})
	}
	if territorial > 1 {
		r.refuse("%d kinds are territorial; at most one can be", territorial)
	}
}

// point refuses references to kinds that do not exist.
func (r *reader) point(from string, kinds []aid.KindID) {
	for _, k := range kinds {
		if _, ok := r.pack.Kind(k); !ok {
			r.refuse("%s points to kind %q, which does not exist", from, k)
		}
	}
}

func (r *reader) programs() {
	var f programsFile
	if r.open("programs.json", &f) {
		r.addPrograms(f)
	}
}

func (r *reader) addPrograms(f programsFile) {
	r.pack.entries.programs = f.Programs
	seen := map[aid.ProgramID]bool{}
	for _, g := range f.Programs {
		ids(r, "program", seen, g.ID)
		r.need("name of program "+string(g.ID), g.Name)
		r.point("program "+string(g.ID), g.Kinds)
		r.pack.Programs = append(r.pack.Programs, Program{aid.Program{ID: g.ID, Name: g.Name, Running: g.Running}, g.Summary, g.Kinds})
	}
	if len(f.Programs) == 0 {
		r.refuse("no program")
	}
}

func (r *reader) packages() {
	var f packagesFile
	if r.open("packages.json", &f) {
		r.addPackages(f)
	}
}

func (r *reader) addPackages(f packagesFile) {
	r.pack.entries.packages = f.Packages
	modalities := []aid.Modality{aid.Goods, aid.Cash, aid.Loan, aid.Training, aid.Service}
	seen := map[aid.PackageID]bool{}
	for _, k := range f.Packages {
		ids(r, "package", seen, k.ID)
		r.need("name of package "+string(k.ID), k.Name)
		r.need("unit of package "+string(k.ID), k.Unit)
		program, ok := r.pack.Program(k.Program)
		if !ok {
			r.refuse("package %q points to program %q, which does not exist", k.ID, k.Program)
		}
		if !slices.Contains(modalities, k.Modality) {
			r.refuse("package %q: modality %q is none of %v", k.ID, k.Modality, modalities)
		}
		if k.MilliHouseholdDays < 0 {
			r.refuse("package %q covers %d household-days", k.ID, k.MilliHouseholdDays)
		}
		prices := make([]aid.Price, 0, len(k.Prices))
		for i, q := range k.Prices {
			r.day(fmt.Sprintf("price of package %s", k.ID), q.From, false)
			if q.Amount <= 0 {
				r.refuse("package %q costs %d from %s", k.ID, q.Amount, q.From)
			}
			if i > 0 && q.From <= k.Prices[i-1].From {
				r.refuse("package %q: prices are not ascending at %s", k.ID, q.From)
			}
			prices = append(prices, aid.Price{From: q.From, Amount: q.Amount})
		}
		if k.Kinds == nil {
			k.Kinds = program.Kinds
		}
		r.point("package "+string(k.ID), k.Kinds)
		for _, kind := range k.Kinds {
			if ok && !slices.Contains(program.Kinds, kind) {
				r.refuse("package %q is for kind %q, program %q is not", k.ID, kind, k.Program)
			}
		}
		r.pack.Packages = append(r.pack.Packages, Package{
			Package: aid.Package{
				ID: k.ID, Program: k.Program, Name: k.Name, Unit: k.Unit, Contents: k.Contents, Modality: k.Modality,
				DirectOnly: k.DirectOnly, Equivalents: k.Equivalents, Once: k.Once, Prices: prices, MilliHouseholdDays: k.MilliHouseholdDays,
			},
			Per: k.Per, Summary: k.Summary, Note: k.Note, Kinds: k.Kinds,
		})
	}
	for _, g := range r.pack.Programs {
		if g.Running && len(r.pack.PackagesOf(g.ID)) == 0 {
			r.refuse("program %q runs and has no package", g.ID)
		}
	}
}

func (r *reader) indicators() {
	var f indicatorsFile
	if !r.open("indicators.json", &f) {
		return
	}
	indicators, flags := map[aid.IndicatorID]bool{}, map[aid.FlagID]bool{}
	for _, i := range f.Indicators {
		ids(r, "indicator", indicators, i.ID)
		r.need("name of indicator "+string(i.ID), i.Name)
	}
	for _, g := range f.Flags {
		ids(r, "flag", flags, g.ID)
		r.need("name of flag "+string(g.ID), g.Name)
	}
	r.pack.Indicators, r.pack.Flags = f.Indicators, f.Flags
}

func (r *reader) aggregators() {
	var f aggregatorsFile
	if r.open("aggregators.json", &f) {
		r.addAggregators(f)
	}
}

func (r *reader) addAggregators(f aggregatorsFile) {
	r.pack.entries.aggregators = f.Aggregators
	seen := map[aid.AggregatorID]bool{}
	for _, a := range f.Aggregators {
		ids(r, "aggregator", seen, a.ID)
		r.need("name of aggregator "+string(a.ID), a.Name)
		r.need("permit number of aggregator "+string(a.ID), a.Permit.Number)
		r.day("permit of aggregator "+string(a.ID), a.Permit.Until, false)
		r.day("revoked permit of aggregator "+string(a.ID), a.Permit.Revoked, true)
		if share := a.OperatingShare; share != nil && (*share < 0 || *share > 100) {
			r.refuse("aggregator %q keeps %v percent", a.ID, *share)
		}
		r.pack.Aggregators = append(r.pack.Aggregators, Aggregator{
			Aggregator: aid.Aggregator{
				ID: a.ID, Name: a.Name, Permit: aid.Permit{Number: a.Permit.Number, Until: a.Permit.Until, Revoked: a.Permit.Revoked},
				Frozen: a.Frozen.UTC(),
			},
			Evidence: a.Permit.Evidence, OperatingShare: a.OperatingShare, Note: a.Note,
		})
	}
}

func (r *reader) channels() {
	var f channelsFile
	if !r.open("channels.json", &f) {
		return
	}
	seen := map[string]bool{}
	for _, c := range f.Channels {
		ids(r, "channel", seen, c.ID)
		r.need("name of channel "+c.ID, c.Name)
		r.day("channel "+c.ID, c.From, true)
		r.day("channel "+c.ID, c.Until, true)
		if c.Until != "" && c.Until < c.From {
			r.refuse("channel %q ends before it begins", c.ID)
		}
	}
	r.pack.Channels = f.Channels
}

func (r *reader) goodsRules() {
	var f goodsRulesFile
	if !r.open("goods-rules.json", &f) {
		return
	}
	seen := map[string]bool{}
	for _, g := range f.Rules {
		ids(r, "rule", seen, g.ID)
		r.need("text of rule "+g.ID, g.Text)
		for _, id := range g.Programs {
			if _, ok := r.pack.Program(id); !ok {
				r.refuse("rule %q points to program %q, which does not exist", g.ID, id)
			}
		}
	}
	r.pack.GoodsRules = f.Rules
}

// complaints reads what is promised to who complains, and which office looks at
// which class first.
func (r *reader) complaints() {
	var f complaintsFile
	if !r.open("complaints.json", &f) {
		return
	}
	for what, n := range map[string]int{"days": f.Days, "quietDays": f.QuietDays} {
		if n < 1 || n > 90 {
			r.refuse("complaints: %s is %d, want between 1 and 90", what, n)
		}
	}
	rules := aid.ComplaintRules{Days: f.Days, QuietDays: f.QuietDays, Desks: map[aid.ComplaintClass]aid.HigherDesk{}}
	for _, d := range f.Desks {
		if d.Desk != aid.KotaDesk && d.Desk != aid.RegionDesk {
			r.refuse("complaints: desk %q, want kota or region", d.Desk)
		}
		for _, class := range d.Classes {
			if _, twice := rules.Desks[class]; twice || !slices.Contains(aid.ComplaintClasses, class) {
				r.refuse("complaints: class %q is none, or occurs twice", class)
			}
			rules.Desks[class] = d.Desk
		}
	}
	r.pack.Complaints = rules
}

func (r *reader) limits() {
	var f limitsFile
	if !r.open("limits.json", &f) {
		return
	}
	r.pack.Limits = aid.Limits(f)
	for what, n := range map[string]int64{
		"maxLines": int64(f.MaxLines), "maxUnits": f.MaxUnits, "maxValue": int64(f.MaxValue),
		"maxPeriodDays": int64(f.MaxPeriodDays), "maxLeadDays": int64(f.MaxLeadDays),
		"verifyHours": int64(f.VerifyHours), "contactHours": int64(f.ContactHours), "codeTries": int64(f.CodeTries),
		"revealsContact": int64(f.RevealsContact), "revealsRecipient": int64(f.RevealsRecipient),
		"revealsNetwork": int64(f.RevealsNetwork), "revealsRegionMin": int64(f.RevealsRegionMin), "needStaleDays": int64(f.NeedStaleDays),
		"lettersPerDay": int64(f.LettersPerDay), "codesPerDay": int64(f.CodesPerDay),
		"nudgeHours/0": int64(f.NudgeHours[0]), "nudgeHours/1": int64(f.NudgeHours[1]),
	} {
		// A missing member reads as zero, and no limit of zero makes sense.
		if n <= 0 {
			r.refuse("%s is %d", what, n)
		}
	}
	if n := f.NudgeHours; n[0] >= n[1] || n[1] >= f.ContactHours {
		r.refuse("nudgeHours are %v, want them to rise and to lie within the %d hours of contactHours", n, f.ContactHours)
	}
}
