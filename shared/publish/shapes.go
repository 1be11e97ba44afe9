package publish

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
)

// ShapesFile holds the shapes that the map of a kota is drawn from: of each
// kelurahan its rings, without a repeated last point.
type ShapesFile struct {
	Schema      string                   `json:"$schema"`
	Area        area.Code                `json:"area"`
	Approximate bool                     `json:"approximate"` // computed, as no outlines are known
	Shapes      map[area.Code][][]corner `json:"shapes"`
}

// corner is a point of a shape: longitude, latitude, five decimals, which is a
// metre.
type corner aid.Point

func (c corner) MarshalJSON() ([]byte, error) {
	b := append(appendDecimals([]byte{'['}, c.Lng, 5), ',')
	return append(appendDecimals(b, c.Lat, 5), ']'), nil
}

func (c *corner) UnmarshalJSON(b []byte) error { return (*position)(c).UnmarshalJSON(b) }

// shapeFiles returns the shapes of every kota. They follow from the region pack
// alone.
func shapeFiles(pack *region.Pack) ([]File, error) {
	kota := map[area.Code]ShapesFile{}
	for code, s := range pack.Shapes(area.Kelurahan) {
		above := code.At(area.Kota)
		if kota[above].Shapes == nil {
			kota[above] = ShapesFile{"/data/schemas/shapes.json", above, s.Approximate, map[area.Code][][]corner{}}
		}
		rings := make([][]corner, len(s.Rings))
		for i, ring := range s.Rings {
			for _, p := range ring {
				rings[i] = append(rings[i], corner(p))
			}
		}
		kota[above].Shapes[code] = rings
	}
	var files []File
	for _, code := range slices.Sorted(maps.Keys(kota)) {
		body, err := json.Marshal(kota[code])
		if err != nil {
			return nil, fmt.Errorf("encode shapes of %s: %w", code, err)
		}
		files = append(files, File{
			Path: "data/v1/shapes/" + string(code) + ".json", ContentType: jsonType, CacheControl: inPlace, Body: append(body, '\n'),
		})
	}
	return files, nil
}
