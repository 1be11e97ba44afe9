package publish

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

// FileRef names a file of the tree and its sum.
type FileRef struct {
	Path string `json:"path"`
	Hash string `json:"hash"`
}

// same tells whether two refer to the same file, or both to none.
func (r *FileRef) same(q *FileRef) bool { return r == q || r != nil && q != nil && *r == *q }

// StatisticsFile is everything that is counted of one area. It is immutable;
// the area's file names it.
type StatisticsFile struct {
	Schema      string           `json:"$schema"`
	Area        area.Code        `json:"area"`
	Name        string           `json:"name"`
	Level       string           `json:"level"`
	AsOf        string           `json:"asOf"` // of the latest fact in it
	Statistics  tally.Statistics `json:"statistics"`
	Definitions string           `json:"definitions"` // where each figure is explained
}

// daysKept is how many days the statistics list one by one: a quarter, so that
// a file stays small. Weeks and months go back to the first promise.
const daysKept = 92

// statisticsOf says what a draft's sums amount to. The days end with the one of
// the latest fact, not with today: same facts, same bytes.
func statisticsOf(d draft, pack *region.Pack) (StatisticsFile, File, error) {
	f := StatisticsFile{
		Schema: "/data/schemas/statistics.json", Area: d.Area, Name: d.Name, Level: d.Level, AsOf: d.AsOf,
		Statistics: tally.StatisticsOf(d.Totals, d.giving, d.parts), Definitions: "/" + DefinitionsPath,
	}
	if asOf, err := time.Parse(time.RFC3339, d.AsOf); err == nil {
		last := string(aid.DayOf(asOf, pack.Zone).Plus(-daysKept))
		f.Statistics.Days = slices.DeleteFunc(f.Statistics.Days, func(d tally.Dated) bool { return d.Period <= last })
	}
	body, err := json.Marshal(f)
	if err != nil {
		return f, File{}, fmt.Errorf("encode statistics of %s: %w", d.Area, err)
	}
	return f, hashed("data/v1/statistics/"+string(d.Area), ".json", jsonType, append(body, '\n')), nil
}

// draft is an area's file on its way, with what its statistics are made of.
type draft struct {
	AreaFile
	giving tally.Giving
	parts  []tally.Part // the areas directly inside
	// The names of its recipients, where they changed.
	names     *SearchFile
	namesFile File
}
