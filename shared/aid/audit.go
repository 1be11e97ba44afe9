package aid

// Held returns how many units of each need the commitments hold, by what
// counter they stand in. It is what the need lines' counters must say.
func Held(commitments []Commitment) map[NeedID]Need {
	held := map[NeedID]Need{}
	for _, c := range commitments {
		if !c.State.Counts() {
			continue
		}
		for _, l := range c.Lines {
			if l.Need == "" {
				continue
			}
			n := held[l.Need]
			switch c.State {
			case Delivered:
				n.Delivered += l.Quantity
			case Received:
				n.Received += l.Quantity
			default:
				n.Committed += l.Quantity
			}
			held[l.Need] = n
		}
	}
	return held
}

// Untrue returns the needs of a place whose counters break their own rule or
// disagree with its commitments.
func Untrue(p Place, commitments []Commitment) []NeedID {
	held := Held(commitments)
	var wrong []NeedID
	for _, n := range p.Needs {
		h := held[n.ID]
		if !n.Holds() || h.Committed != n.Committed || h.Delivered != n.Delivered || h.Received != n.Received {
			wrong = append(wrong, n.ID)
		}
	}
	return wrong
}
