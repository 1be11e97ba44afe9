package page

import (
	"fmt"
	"math"
	"net/url"
	"strings"
	"sync"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/picture"
	"ksbb/shared/region"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// shownAs is the picture by which a page is shown where its address is passed
// on.
type shownAs struct {
	URL string
	Alt string
}

// Width and Height are those of the picture.
func (shownAs) Width() int  { return picture.Width }
func (shownAs) Height() int { return picture.Height }

// ownPicture is where the picture of the whole site is, which stands for every
// page that has none of its own.
const ownPicture = "gambar/ksbb.png"

func (r *Renderer) ownPicture() shownAs {
	c := r.ownCard()
	return shownAs{r.site + prefix(r.lang) + "/" + ownPicture, altOf(c)}
}

func (r *Renderer) ownCard() picture.Card {
	return picture.Card{
		Site: r.pack.Title, Address: r.address(), Foot: r.pack.Texts.Tagline, Above: r.pack.Texts.Programme,
		Name: r.lang.Say("Siapa yang paling menunggu bantuan hari ini?"),
		Says: r.lang.Say("Pilih lokasi, janjikan bantuan, hubungi penanggung jawabnya. Semuanya terbuka."),
	}
}

// address is the site as people type it.
func (r *Renderer) address() string {
	u, err := url.Parse(r.site)
	if err != nil {
		return r.site
	}
	return u.Host + prefix(r.lang)
}

// PlacePicture returns where the picture of a place is kept, and what draws it.
// The path is made from what the picture shows, which is said coarsely, so that
// the picture of a place seldom changes and one that is there never does.
func (r *Renderer) PlacePicture(p aid.Place) (path string, draw func() ([]byte, error)) {
	c := r.placeCard(p)
	return placePicturePath(p.Recipient.ID, c), c.PNG
}

func placePicturePath(id aid.RecipientID, c picture.Card) string {
	return "gambar/lokasi/" + string(id) + "." + c.Key() + ".png"
}

// placeShown is the picture of a place as its page names it.
func (r *Renderer) placeShown(p aid.Place) shownAs {
	c := r.placeCard(p)
	return shownAs{r.site + "/" + placePicturePath(p.Recipient.ID, c), altOf(c)}
}

func (r *Renderer) placeCard(p aid.Place) picture.Card {
	rec, totals := p.Recipient, tally.Of(p, r.catalogue)
	c := r.card(rec.Demo)
	c.Name = r.fullName(rec)
	c.Above = r.kindName(rec.Kind)
	var up []string
	for _, l := range []area.Level{area.Kecamatan, area.Kota} {
		if a, ok := r.pack.Area(rec.Area.At(l)); ok {
			up = append(up, a.Name)
		}
	}
	c.Above += " · " + strings.Join(up, ", ")
	var open []string
	q := totals.Value
	for _, n := range r.ordered(p.Needs) {
		if n.Remaining() > 0 {
			open = append(open, r.packageOf(n.Package).Name)
		}
		if q.Needed == 0 { // nothing has a price: the first need stands for all
			q = tally.QuantitiesOf(n)
		}
	}
	switch {
	case len(open) > 0:
		c.Says = r.lang.Say("Masih butuh: %s", r.few(open))
	case q.Needed > 0:
		c.Says = r.lang.Say("Semua kebutuhan sudah ada yang menjanjikan")
	default:
		c.Says = r.lang.Say("Belum ada kebutuhan yang tercatat di sini")
	}
	if totals.Unreached > 0 {
		c.Alarm = r.lang.Say("Belum menerima apa pun")
	}
	c.Bar = r.twelfths(q)
	return c
}

// AreaPicture returns where the picture of an area is kept, and what draws it,
// as PlacePicture does.
func (r *Renderer) AreaPicture(a tally.Area) (path string, draw func() ([]byte, error)) {
	c := r.areaCard(a)
	return areaPicturePath(a.Code, c), c.PNG
}

func areaPicturePath(code area.Code, c picture.Card) string {
	return "gambar/wilayah/" + string(code) + "." + c.Key() + ".png"
}

// areaShown is the picture of an area as its page names it.
func (r *Renderer) areaShown(a tally.Area) shownAs {
	c := r.areaCard(a)
	return shownAs{r.site + "/" + areaPicturePath(a.Code, c), altOf(c)}
}

func (r *Renderer) areaCard(a tally.Area) picture.Card {
	c := r.card(a.Totals.Demo > 0)
	c.Name = a.Name
	var up []string
	if known, ok := r.pack.Area(a.Code); ok && known.Official != a.Name {
		up = append(up, known.Official)
	} else if a.Code.Level() == area.Kecamatan {
		up = append(up, "Kecamatan "+a.Name)
	}
	for code := a.Code.Parent(); code != "" && code != r.pack.Root && len(up) < 2; code = code.Parent() {
		up = append(up, r.pack.AreaName(code))
	}
	c.Above = strings.Join(up, ", ")
	if n, all := a.Totals.Unreached, a.Totals.Recipients; n > 0 {
		c.Alarm = r.lang.Many(n, "%s dari %s lokasi belum menerima apa pun", r.about(n), r.lang.Number(all))
	}
	var open []string
	for _, l := range r.lines(a.Totals) {
		if l.Q.Remaining > 0 {
			open = append(open, l.Package.Name)
		}
	}
	switch {
	case len(open) > 0:
		c.Says = r.lang.Say("Masih butuh: %s", r.few(open))
	case a.Totals.Recipients > 0:
		c.Says = r.lang.Say("Semua kebutuhan sudah ada yang menjanjikan")
	default:
		c.Says = r.lang.Say("Belum ada kebutuhan yang tercatat di sini")
	}
	if o := r.outlines.of(r.pack, a.Code); o != nil {
		c.Map = &picture.Map{Outline: o, Words: r.lang.Say("Gelap: banyak yang belum dijanjikan")}
		totals := map[area.Code]tally.Totals{}
		for _, child := range a.Children {
			totals[child.Code] = child.Totals
		}
		for _, child := range r.pack.Children(a.Code) {
			c.Map.Shades = append(c.Map.Shades, shadeOf(totals[child.Code].Value))
		}
	}
	return c
}

// shadeOf says how dark an area is drawn. Unlike on the page its steps stand
// still, so that a promise in one area does not colour another.
func shadeOf(q tally.Quantities) picture.Shade {
	p, ok := openPercent(q)
	switch {
	case !ok:
		return picture.Blank
	case p < enough:
		return 0
	case p < 50:
		return 1
	case p < 75:
		return 2
	case p < 100:
		return 3
	}
	return 4
}

// card is what every picture says.
func (r *Renderer) card(demo bool) picture.Card {
	c := picture.Card{Site: r.pack.Title, Address: r.address(), Foot: r.pack.Texts.Programme}
	if demo {
		c.Badge = r.lang.Say("Data contoh")
	}
	return c
}

// few lists at most three things.
func (r *Renderer) few(things []string) string {
	if n := len(things); n > 3 {
		things = append(things[:2:2], r.lang.Many(int64(n-2), "%s lainnya", r.lang.Number(int64(n-2))))
	}
	return r.lang.List(things)
}

// about says a number with two digits that count, and a sign before it where
// that is not the number itself.
func (r *Renderer) about(n int64) string {
	unit := int64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	if rounded := (n + unit/2) / unit * unit; rounded != n {
		return "≈ " + r.lang.Number(rounded)
	}
	return r.lang.Number(n)
}

// twelfths says how far a need has been met. What is there is seen, and the bar
// is full only where nothing is open.
func (r *Renderer) twelfths(q tally.Quantities) *picture.Bar {
	if q.Needed <= 0 {
		return nil
	}
	b := picture.Bar{Words: [4]string{r.lang.Say("diterima"), r.lang.Say("dikirim"), r.lang.Say("dijanjikan"), r.lang.Say("belum dijanjikan")}}
	room := 12
	if q.Remaining > 0 {
		room = 11
	}
	for i, n := range []int64{q.Received, q.Delivered, q.Committed} {
		if n <= 0 {
			continue
		}
		part := max(1, int(math.Round(12*float64(n)/float64(q.Needed))))
		b.Twelfths[i] = min(part, room)
		room -= b.Twelfths[i]
	}
	return &b
}

// altOf says in words what a picture says.
func altOf(c picture.Card) string {
	var said []string
	for _, s := range []string{c.Badge, c.Site, c.Above, c.Name, c.Alarm, c.Says} {
		if s = strings.TrimRight(s, ". "); s == "" {
			continue
		}
		if !strings.HasSuffix(s, "?") {
			s += "."
		}
		said = append(said, s)
	}
	return strings.Join(said, " ")
}

// outlines keeps the maps of pictures: one per area.
type outlines struct {
	mu    sync.Mutex
	known map[area.Code]*picture.Outline
}

// of returns the map of the areas directly inside one, in the order of the pack,
// and nil for an area without any. What lies far away stands in a corner.
func (o *outlines) of(pack *region.Pack, code area.Code) *picture.Outline {
	o.mu.Lock()
	defer o.mu.Unlock()
	if made, ok := o.known[code]; ok {
		return made
	}
	var made *picture.Outline
	if inside := pack.Children(code); len(inside) > 0 {
		made = outlineOf(pack, inside)
	}
	o.known[code] = made
	return made
}

func outlineOf(pack *region.Pack, inside []region.Area) *picture.Outline {
	shapes := pack.Shapes(inside[0].Level)
	far := func(c area.Code) bool {
		for _, in := range pack.Insets {
			if in.Contains(c) && !in.Contains(c.Parent()) {
				return true
			}
		}
		return false
	}
	const side = 1000
	var near, away []region.Shape
	for _, a := range inside {
		if far(a.Code) {
			away = append(away, shapes[a.Code])
		} else {
			near = append(near, shapes[a.Code])
		}
	}
	if len(near) == 0 {
		near, away = away, nil
	}
	if len(near) == 0 {
		return nil
	}
	frame := region.Fit(side, near...)
	var corner region.Frame
	var left, top float64
	if len(away) > 0 {
		corner, left, top = cornerOf(frame, near, away)
	}
	patches := make([]picture.Patch, 0, len(inside))
	for _, a := range inside {
		project := frame.Project
		if len(away) > 0 && far(a.Code) {
			project = func(q aid.Point) (x, y float64) {
				x, y = corner.Project(q)
				return x + left, y + top
			}
		}
		var patch picture.Patch
		for _, ring := range shapes[a.Code].Rings {
			drawn := make([]picture.Point, 0, len(ring))
			for _, q := range ring {
				x, y := project(q)
				drawn = append(drawn, picture.Point{X: x, Y: y})
			}
			patch = append(patch, drawn)
		}
		patches = append(patches, patch)
	}
	return picture.NewOutline(frame.Width, frame.Height, patches)
}

// cornerOf returns the frame of what lies far away, and where it stands: in the
// corner of the map that has most room.
func cornerOf(frame region.Frame, near, away []region.Shape) (corner region.Frame, left, top float64) {
	room := [4]float64{}
	for i := range room {
		room[i] = frame.Width / 4
	}
	for _, s := range near {
		for _, ring := range s.Rings {
			for _, q := range ring {
				x, y := frame.Project(q)
				for i, d := range [4]float64{max(x, y), max(frame.Width-x, y), max(x, frame.Height-y), max(frame.Width-x, frame.Height-y)} {
					room[i] = min(room[i], d)
				}
			}
		}
	}
	best := 0
	for i, d := range room {
		if d > room[best] {
			best = i
		}
	}
	side := max(room[best]*0.9, frame.Width/20)
	corner = region.Fit(side, away...)
	if corner.Height > side {
		corner = region.Fit(side*side/corner.Height, away...)
	}
	if best%2 == 1 {
		left = frame.Width - corner.Width
	}
	if best >= 2 {
		top = frame.Height - corner.Height
	}
	return corner, left, top
}

// The words of schema.org by which machines read a page. They go into the page
// as data, which no browser runs; the template writes every value so that it
// cannot end the element it stands in.
type (
	graph struct {
		Context string `json:"@context"`
		Graph   []any  `json:"@graph"`
	}
	thing struct {
		Type        string  `json:"@type"`
		Name        string  `json:"name,omitempty"`
		Description string  `json:"description,omitempty"`
		URL         string  `json:"url,omitempty"`
		Lang        string  `json:"inLanguage,omitempty"`
		Address     string  `json:"address,omitempty"`
		Geo         *geo    `json:"geo,omitempty"`
		Search      *search `json:"potentialAction,omitempty"`
		Publisher   *thing  `json:"publisher,omitempty"`
	}
	geo struct {
		Type string  `json:"@type"`
		Lat  float64 `json:"latitude"`
		Lng  float64 `json:"longitude"`
	}
	search struct {
		Type   string `json:"@type"`
		Target string `json:"target"`
		Input  string `json:"query-input"`
	}
	way struct {
		Type  string `json:"@type"`
		Items []step `json:"itemListElement"`
	}
	step struct {
		Type     string `json:"@type"`
		Position int    `json:"position"`
		Name     string `json:"name"`
		Item     string `json:"item"`
	}
	dataset struct {
		thing
		License  string     `json:"license"`
		Free     bool       `json:"isAccessibleForFree"`
		Creator  thing      `json:"creator"`
		Spatial  string     `json:"spatialCoverage"`
		Modified string     `json:"dateModified,omitempty"`
		Files    []download `json:"distribution,omitempty"`
	}
	download struct {
		Type   string `json:"@type"`
		Format string `json:"encodingFormat"`
		URL    string `json:"contentUrl"`
	}
)

// data puts things on a page.
func data(things ...any) *graph { return &graph{"https://schema.org", things} }

// office is who answers for the site.
func (r *Renderer) office() *thing { return &thing{Type: "Organization", Name: r.pack.Operator.Name} }

// homeData says what the site is and how it is searched.
func (r *Renderer) homeData() *graph {
	here := r.site + prefix(r.lang) + "/"
	return data(thing{
		Type: "WebSite", Name: r.pack.Title, Description: r.pack.Texts.Purpose, URL: here, Lang: string(r.lang), Publisher: r.office(),
		Search: &search{"SearchAction", here + "peta/?cari={search_term_string}", "required name=search_term_string"},
	})
}

// placeData says where a place is. It says no more than the page does, and it is
// short, its addresses those within the site: it travels with every view of the
// page.
func (r *Renderer) placeData(p aid.Recipient) *graph {
	t := thing{Type: "Place", Name: r.fullName(p), URL: prefix(r.lang) + placePath(p.ID)}
	var address []string
	if !r.coarse(p) {
		if p.Address != "" {
			address = append(address, p.Address)
		}
		if r.pack.Box.Contains(p.Point) {
			t.Geo = &geo{"GeoCoordinates", fiveDecimals(p.Point.Lat), fiveDecimals(p.Point.Lng)}
		}
	}
	within := p.Area.At(area.Kelurahan)
	for code := within; code != ""; code = code.Parent() {
		if a, ok := r.pack.Area(code); ok && !strings.Contains(strings.Join(address, ", "), a.Name) {
			address = append(address, a.Name)
		}
	}
	t.Address = strings.Join(address, ", ")
	return data(t, r.wayTo(within))
}

// areaData says what lies around an area.
func (r *Renderer) areaData(a tally.Area) *graph {
	t := thing{Type: "AdministrativeArea", Name: a.Name, URL: prefix(r.lang) + r.areaPath(a.Code)}
	if way := r.wayTo(a.Code.Parent()); len(way.Items) > 0 {
		return data(t, way)
	}
	return data(t)
}

// wayTo is the way from the first page down to an area, which begins below that
// page.
func (r *Renderer) wayTo(code area.Code) way {
	w := way{Type: "BreadcrumbList"}
	add := func(code area.Code, name string) {
		if code != r.pack.Root {
			w.Items = append(w.Items, step{"ListItem", len(w.Items) + 1, name, prefix(r.lang) + r.areaPath(code)})
		}
	}
	for _, a := range r.pack.Ancestors(code) {
		add(a.Code, a.Name)
	}
	if a, ok := r.pack.Area(code); ok {
		add(code, a.Name)
	}
	return w
}

// openData describes the open data for whoever looks for data.
func (r *Renderer) openData(about frame, o report.Open) *graph {
	var files []download
	for _, a := range o.Areas {
		if a.Area == o.Region {
			for _, f := range a.Files {
				files = append(files, r.fileData(f.Path, f.Type))
			}
		}
	}
	return r.figuresData(about, o.AsOf, files...)
}

// figuresData describes the figures that a page explains, as of an instant.
func (r *Renderer) figuresData(about frame, asOf time.Time, files ...download) *graph {
	d := dataset{
		thing:   thing{Type: "Dataset", Name: about.Title, Description: about.Description, URL: r.site + prefix(r.lang) + about.Path, Lang: string(r.lang)},
		License: report.LicenceURL, Free: true, Creator: *r.office(), Spatial: r.pack.AreaName(r.pack.Root) + ", Indonesia", Files: files,
	}
	if !asOf.IsZero() {
		d.Modified = stamp(asOf)
	}
	return data(d)
}

// fileData is one file of a data set. path is its place in the public tree.
func (r *Renderer) fileData(path, format string) download {
	return download{"DataDownload", format, r.site + "/" + strings.TrimPrefix(path, "/")}
}

func fiveDecimals(f float64) float64 { return math.Round(f*1e5) / 1e5 }

// stampOf writes an identifier that stays the same for ever, wherever the site
// moves to (RFC 4151).
func (r *Renderer) stampOf(what string) string {
	host := r.site
	if u, err := url.Parse(r.site); err == nil {
		host = u.Hostname()
	}
	return fmt.Sprintf("tag:%s,2026:%s", host, what)
}

// stamp writes an instant as machines read it (RFC 3339).
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
