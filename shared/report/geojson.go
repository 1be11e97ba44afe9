package report

import (
	"bufio"
	"io"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

// GeoJSON writes recipients as one FeatureCollection (RFC 7946). Its properties
// are the columns of [RecipientTable] under the same names, but the position,
// which is the geometry.
type GeoJSON struct {
	w        *bufio.Writer
	keys     []string
	lat, lon int
	any      bool
	line     []byte
	err      error
}

// NewGeoJSON begins a collection. Nothing is complete before Close.
func NewGeoJSON(w io.Writer) *GeoJSON {
	g := &GeoJSON{
		w: bufio.NewWriterSize(w, 1<<16), keys: keys(RecipientTable),
		lat: RecipientTable.Column("lat"), lon: RecipientTable.Column("lon"),
	}
	_, g.err = g.w.WriteString(`{"type":"FeatureCollection","features":[`)
	return g
}

// Place adds one recipient, as [Public] shows it.
func (g *GeoJSON) Place(p aid.Place, pack *region.Pack) error {
	if g.err != nil {
		return g.err
	}
	cells := RecipientRow(p, pack)
	if err := fits(RecipientTable, cells); err != nil {
		return err
	}
	b := g.line[:0]
	if g.any {
		b = append(b, ',')
	}
	g.any = true
	b = append(b, "\n{\"type\":\"Feature\",\"id\":"...)
	b = appendCell(b, cells[0])
	b = append(b, `,"geometry":{"type":"Point","coordinates":[`...)
	b = appendPlain(b, cells[g.lon])
	b = append(b, ',')
	b = appendPlain(b, cells[g.lat])
	b = append(b, `]},"properties":`...)
	for i, cell := range cells {
		if i == g.lat || i == g.lon {
			continue
		}
		b = appendCell(append(b, g.keys[i]...), cell)
	}
	g.line = append(b, "}}"...)
	_, g.err = g.w.Write(g.line)
	return g.err
}

// Close ends the collection. It does not close what it is written to.
func (g *GeoJSON) Close() error {
	if g.err == nil {
		_, g.err = g.w.WriteString("\n]}\n")
	}
	if err := g.w.Flush(); g.err == nil {
		g.err = err
	}
	return g.err
}

// GeoJSONColumns are the columns that stand in a feature's properties.
func GeoJSONColumns() []Column {
	return slices.DeleteFunc(slices.Clone(RecipientTable.Columns), func(c Column) bool { return c.Name == "lat" || c.Name == "lon" })
}
