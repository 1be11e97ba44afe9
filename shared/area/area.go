// Package area knows which RW lies in which kelurahan, kecamatan, kota and
// province, from the code alone. It does not know names, nor where anything is
// on the map.
package area

import (
	"fmt"
	"strings"
)

// Code is an administrative code of the Ministry of Home Affairs
// (Kemendagri) with dots: "31" (provinsi), "31.74" (kota or kabupaten),
// "31.74.01" (kecamatan), "31.74.01.1001" (kelurahan or desa), and, one level
// below the ministry's list, "31.74.01.1001.003" (RW 003).
type Code string

// Level is the depth of a code. Its zero value is no level.
type Level int

// The levels, from the widest to the narrowest.
const (
	Provinsi Level = iota + 1
	Kota
	Kecamatan
	Kelurahan
	RW
)

// digits holds how many digits each part of a code has.
var digits = [...]int{2, 2, 2, 4, 3}

// String returns the level's Indonesian name in lower case.
func (l Level) String() string {
	names := [...]string{"", "provinsi", "kota", "kecamatan", "kelurahan", "rw"}
	if l < 0 || int(l) >= len(names) {
		return ""
	}
	return names[l]
}

// Parse checks that s has the form of a code and returns it. It does not know
// whether such an area exists; a region pack does.
func Parse(s string) (Code, error) {
	parts := strings.Split(s, ".")
	if len(parts) > len(digits) {
		return "", fmt.Errorf("area code %q: more than %d parts", s, len(digits))
	}
	for i, p := range parts {
		if len(p) != digits[i] || strings.Trim(p, "0123456789") != "" {
			return "", fmt.Errorf("area code %q: part %d is not %d digits", s, i+1, digits[i])
		}
	}
	return Code(s), nil
}

// Level tells how deep a well-formed code is: Provinsi for "31", RW for
// "31.74.01.1001.003".
func (c Code) Level() Level {
	if c == "" {
		return 0
	}
	return Level(strings.Count(string(c), ".") + 1)
}

// Parent returns the area that contains c, and the empty code for a province.
func (c Code) Parent() Code {
	i := strings.LastIndexByte(string(c), '.')
	if i < 0 {
		return ""
	}
	return c[:i]
}

// At returns the area of level l that c is or lies in, and the empty code when
// c is wider than l.
func (c Code) At(l Level) Code {
	if l < Provinsi || c.Level() < l {
		return ""
	}
	for c.Level() > l {
		c = c.Parent()
	}
	return c
}

// Contains tells whether d is c or lies in it.
func (c Code) Contains(d Code) bool {
	return d == c || strings.HasPrefix(string(d), string(c)+".")
}
