package tally

import (
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Area is an area of the map with its totals and those of the areas directly
// inside it. A kecamatan's children are its kelurahan.
type Area struct {
	Code     area.Code
	Name     string
	Point    aid.Point
	AsOf     time.Time
	Totals   Totals
	Children []Child // ordered by code
	Latest   []Act   // newest first
}

// Child is one area inside another.
type Child struct {
	Code   area.Code
	Name   string
	Point  aid.Point
	Totals Totals
}
