package publish

import (
	"strconv"
	"time"
	"unicode/utf8"

	"ksbb/shared/aid"
	"ksbb/shared/tally"
)

// appendLeaf appends the FeatureCollection (RFC 7946) of a leaf, one Feature
// per recipient in the order given. The same places give the same bytes: no map
// is walked, numbers have one spelling.
func appendLeaf(b []byte, leaf aid.Leaf, places []aid.Place, catalogue *aid.Catalogue) []byte {
	b = append(b, `{"type":"FeatureCollection","leaf":`...)
	b = appendString(b, leaf.String())
	b = append(b, `,"features":[`...)
	for i, p := range places {
		if i > 0 {
			b = append(b, ',', '\n')
		}
		b = appendFeature(b, p, catalogue)
	}
	return append(b, "]}\n"...)
}

func appendFeature(b []byte, p aid.Place, catalogue *aid.Catalogue) []byte {
	r := p.Recipient
	b = append(b, `{"type":"Feature","id":`...)
	b = appendString(b, string(r.ID))
	b = append(b, `,"geometry":{"type":"Point","coordinates":`...)
	b = appendPosition(b, r.Point)
	b = append(b, `},"properties":{"name":`...)
	b = appendString(b, r.Name)
	b = append(b, `,"kind":`...)
	b = appendString(b, string(r.Kind))
	b = append(b, `,"program":[`...)
	for i, id := range programs(p.Needs) {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, string(id))
	}
	b = append(b, `],"area":`...)
	b = appendString(b, string(r.Area))
	b = append(b, `,"households":`...)
	b = strconv.AppendInt(b, r.Households, 10)
	b = append(b, `,"people":`...)
	b = strconv.AppendInt(b, r.People, 10)
	b = append(b, `,"steward":`...)
	b = appendString(b, r.Steward)
	b = append(b, `,"address":`...)
	b = appendString(b, r.Address)
	b = append(b, `,"flags":[`...)
	for i, f := range r.Flags {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, string(f.ID))
	}
	b = append(b, `],"indicators":{`...)
	for i, in := range r.Indicators {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, string(in.ID))
		b = append(b, ':')
		b = strconv.AppendInt(b, in.Value, 10)
	}
	b = append(b, `},"needs":[`...)
	for i, n := range p.Needs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNeed(b, n, catalogue.Packages[n.Package].Unit)
	}
	b = append(b, `],"openCommitments":`...)
	b = strconv.AppendInt(b, p.Activity.Open, 10)
	b = append(b, `,"coverage":`...)
	b = appendShare(b, coverage(p.Needs, catalogue))
	if r.Demo {
		b = append(b, `,"demo":true`...)
	}
	if r.Closed {
		b = append(b, `,"closed":true`...)
	}
	// The revision makes every change of a recipient's commitments visible here,
	// and so in every hash above.
	b = append(b, `,"rev":`...)
	b = strconv.AppendInt(b, p.Activity.Rev, 10)
	b = append(b, `,"updatedAt":`...)
	b = appendInstant(b, p.Activity.UpdatedAt)
	return append(b, "}}"...)
}

func appendNeed(b []byte, n aid.Need, unit string) []byte {
	b = append(b, `{"id":`...)
	b = appendString(b, string(n.ID))
	b = append(b, `,"package":`...)
	b = appendString(b, string(n.Package))
	b = append(b, `,"unit":`...)
	b = appendString(b, unit)
	for _, figure := range [...]struct {
		name string
		n    int64
	}{
		{`,"needed":`, n.Needed}, {`,"committed":`, n.Committed}, {`,"delivered":`, n.Delivered},
		{`,"received":`, n.Received}, {`,"remaining":`, n.Remaining()},
	} {
		b = append(b, figure.name...)
		b = strconv.AppendInt(b, figure.n, 10)
	}
	b = append(b, `,"confirmedOn":`...)
	b = appendString(b, string(n.ConfirmedOn))
	return append(b, '}')
}

// programs lists the programmes that a place's needs belong to, each once, in
// the order of the needs.
func programs(needs []aid.Need) []aid.ProgramID {
	ids := make([]aid.ProgramID, 0, 2)
	for _, n := range needs {
		known := false
		for _, id := range ids {
			known = known || id == n.Program
		}
		if !known {
			ids = append(ids, n.Program)
		}
	}
	return ids
}

// coverage returns received ÷ needed household-days, and -1 where nothing of
// the need is food.
func coverage(needs []aid.Need, catalogue *aid.Catalogue) float64 {
	var received, needed int64
	for _, n := range needs {
		days := tally.QuantitiesOf(n).Times(catalogue.Packages[n.Package].MilliHouseholdDays)
		received, needed = received+days.Received, needed+days.Needed
	}
	if needed == 0 {
		return -1
	}
	return float64(received) / float64(needed)
}

func appendShare(b []byte, share float64) []byte {
	if share < 0 {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, share, 'f', 4, 64)
}

func appendPosition(b []byte, p aid.Point) []byte {
	b = append(b, '[')
	b = appendDegrees(b, p.Lng)
	b = append(b, ',')
	b = appendDegrees(b, p.Lat)
	return append(b, ']')
}

// appendDegrees writes at most six decimals (a decimetre) and no trailing zero.
func appendDegrees(b []byte, v float64) []byte { return appendDecimals(b, v, 6) }

// appendDecimals writes at most n decimals and no trailing zero.
func appendDecimals(b []byte, v float64, n int) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', n, 64)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	if string(b[start:]) == "-0" {
		b = append(b[:start], '0')
	}
	return b
}

func appendInstant(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	return append(b, '"')
}

// appendString appends s as a JSON string that is also safe inside HTML.
// Invalid UTF-8 becomes U+FFFD, as in encoding/json.
func appendString(b []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			default:
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if (r == utf8.RuneError && size == 1) || r == '\u2028' || r == '\u2029' {
			b = append(b, s[start:i]...)
			b = append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
