package demo

import (
	"fmt"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
)

// Officers invents who logs in to a demonstration: every role once, and twice
// those that decide together or must not see each other's work. They are the same
// on every day.
func Officers(pack *region.Pack, at time.Time) []aid.Account {
	var all []aid.Account
	add := func(id string, s aid.Staff) {
		s.ID = aid.OfficerID("contoh-" + id)
		// Trees, so that nobody takes an officer for the steward of a place.
		name := fmt.Sprintf("Petugas Contoh %s", officerNames[len(all)%len(officerNames)])
		all = append(all, aid.Account{Staff: s, Name: name, Version: 1, ChangedAt: at})
	}
	add("admin", aid.Staff{Role: aid.StaffAdmin})
	add("penilai", aid.Staff{Role: aid.StaffAssessor})
	add("pemeriksa-1", aid.Staff{Role: aid.StaffVerifier})
	add("pemeriksa-2", aid.Staff{Role: aid.StaffVerifier})
	// From the middle: the first of a region may be its most remote.
	kelurahan := pack.At(area.Kelurahan)
	for i, k := range kelurahan[len(kelurahan)/2:] {
		if i == 2 {
			break
		}
		add(fmt.Sprintf("kelurahan-%d", i+1), aid.Staff{Role: aid.StaffKelurahan, Areas: []area.Code{k.Code}})
	}
	add("aduan", aid.Staff{Role: aid.StaffComplaints})
	for i, a := range pack.Aggregators {
		if i == 2 {
			break
		}
		add(fmt.Sprintf("mitra-%d", i+1), aid.Staff{Role: aid.StaffAggregator, Aggregator: a.ID})
	}
	return all
}

var officerNames = []string{"Cemara", "Beringin", "Jati", "Mahoni", "Akasia", "Meranti", "Pinus", "Kelapa", "Rambutan"}
