package demo

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// RWPoint is where an RW stands.
type RWPoint struct {
	Kelurahan area.Code
	Number    int // 3 for RW 003
	Point     aid.Point
}

// Code returns the code of the RW.
func (p RWPoint) Code() area.Code { return area.Code(fmt.Sprintf("%s.%03d", p.Kelurahan, p.Number)) }

// ReadRWPoints reads a CSV file with the columns rw ("RW 03"), lng, lat and
// kode_kelurahan_kemendagri; other columns are ignored. Rows whose rw has no
// number (cemeteries, industrial estates) are no RW and left out. Of an RW in
// several parts the first counts. The points come ordered by code.
func ReadRWPoints(r io.Reader) ([]RWPoint, error) {
	rows := csv.NewReader(r)
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read head of RW points: %w", err)
	}
	column := map[string]int{}
	for i, name := range head {
		column[strings.TrimPrefix(name, "\ufeff")] = i
	}
	for _, name := range []string{"rw", "lng", "lat", "kode_kelurahan_kemendagri"} {
		if _, ok := column[name]; !ok {
			return nil, fmt.Errorf("read RW points: no column %q", name)
		}
	}
	var points []RWPoint
	seen := map[area.Code]bool{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read RW points: %w", err)
		}
		line, _ := rows.FieldPos(0)
		number, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(row[column["rw"]], "RW")))
		if err != nil || number < 1 || number > 999 {
			continue
		}
		kelurahan, err := area.Parse(row[column["kode_kelurahan_kemendagri"]])
		if err == nil && kelurahan.Level() != area.Kelurahan {
			err = fmt.Errorf("%s is not a kelurahan", kelurahan)
		}
		lng, err2 := strconv.ParseFloat(row[column["lng"]], 64)
		lat, err3 := strconv.ParseFloat(row[column["lat"]], 64)
		if err := errors.Join(err, err2, err3); err != nil {
			return nil, fmt.Errorf("read RW points, line %d: %w", line, err)
		}
		p := RWPoint{Kelurahan: kelurahan, Number: number, Point: aid.Point{Lng: lng, Lat: lat}}
		if !seen[p.Code()] {
			seen[p.Code()] = true
			points = append(points, p)
		}
	}
	slices.SortFunc(points, func(a, b RWPoint) int { return strings.Compare(string(a.Code()), string(b.Code())) })
	return points, nil
}
