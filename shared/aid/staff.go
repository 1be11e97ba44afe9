package aid

import (
	"slices"

	"ksbb/shared/area"
)

// OfficerID is the subject that the identity provider knows somebody as.
type OfficerID string

// StaffRole is what a member of staff, or of an aggregator, logs in as.
type StaffRole string

// The roles of staff.
const (
	StaffAssessor   StaffRole = "assessor"
	StaffVerifier   StaffRole = "verifier"
	StaffKelurahan  StaffRole = "kelurahan"
	StaffComplaints StaffRole = "complaints"
	StaffAdmin      StaffRole = "admin"
	StaffAggregator StaffRole = "aggregator"
)

// StaffRoles lists every role in the order in which they are shown.
var StaffRoles = []StaffRole{StaffAdmin, StaffAssessor, StaffVerifier, StaffKelurahan, StaffComplaints, StaffAggregator}

// Staff is someone who logs in: a role, and what it is limited to. No area is
// the whole region, except for a kelurahan, which has none then.
type Staff struct {
	ID         OfficerID
	Role       StaffRole
	Areas      []area.Code
	Aggregator AggregatorID
}

// Deed is what a member of staff wants to do.
type Deed string

// The deeds of the console.
const (
	ReadQueue        Deed = "queue.read"         // what waits for somebody, and its counts
	ReadCommitments  Deed = "commitments.read"   // with all that is public of them, and notes
	DecideCommitment Deed = "commitments.decide" // move one for somebody who cannot
	ReviewEvidence   Deed = "evidence.review"    // say what a file shows
	ModerateTexts    Deed = "texts.moderate"     // hide a name or a text that must not be shown
	SeeContact       Deed = "contacts.see"       // one contact, with a reason, logged
	HandleComplaints Deed = "complaints.handle"  // those that Staff.Sees lets through
	ReadIdeas        Deed = "ideas.read"
	ReadRecipients   Deed = "recipients.read"
	EditRecipients   Deed = "recipients.edit" // and needs
	ConfirmNeeds     Deed = "needs.confirm"
	HandOverLinks    Deed = "links.hand-over" // a steward's new link; the old one dies
	Import           Deed = "imports.make"
	ReadCatalogue    Deed = "catalogue.read" // programmes, packages, aggregators
	EditCatalogue    Deed = "catalogue.edit" // programmes, packages
	EditAggregators  Deed = "aggregators.edit"
	TakePools        Deed = "pools.take" // pooled gifts of one's own aggregator
	ProposeChanges   Deed = "changes.propose"
	ApproveChanges   Deed = "changes.approve" // never one's own
	EditOfficers     Deed = "officers.edit"
	ReadAudit        Deed = "audit.read"
	MakeReports      Deed = "reports.make"
)

// duties says who may do what at all.
var duties = map[Deed][]StaffRole{
	ReadQueue:        {StaffAdmin, StaffAssessor, StaffVerifier, StaffKelurahan, StaffComplaints, StaffAggregator},
	ReadCommitments:  {StaffAdmin, StaffAssessor, StaffVerifier, StaffKelurahan, StaffComplaints, StaffAggregator},
	DecideCommitment: {StaffAdmin, StaffVerifier, StaffKelurahan, StaffAggregator},
	ReviewEvidence:   {StaffAdmin, StaffVerifier},
	ModerateTexts:    {StaffAdmin, StaffVerifier},
	SeeContact:       {StaffAdmin, StaffVerifier, StaffKelurahan, StaffComplaints, StaffAggregator},
	HandleComplaints: {StaffAdmin, StaffComplaints, StaffKelurahan},
	ReadIdeas:        {StaffAdmin, StaffComplaints},
	ReadRecipients:   {StaffAdmin, StaffAssessor, StaffVerifier, StaffKelurahan, StaffComplaints},
	EditRecipients:   {StaffAdmin, StaffAssessor},
	ConfirmNeeds:     {StaffAdmin, StaffAssessor, StaffKelurahan},
	HandOverLinks:    {StaffAdmin, StaffAssessor, StaffKelurahan},
	Import:           {StaffAdmin, StaffAssessor},
	ReadCatalogue:    {StaffAdmin, StaffAssessor, StaffVerifier, StaffKelurahan, StaffComplaints, StaffAggregator},
	EditCatalogue:    {StaffAdmin, StaffAssessor},
	EditAggregators:  {StaffAdmin},
	TakePools:        {StaffAggregator},
	ProposeChanges:   {StaffAdmin, StaffAssessor, StaffVerifier},
	ApproveChanges:   {StaffAdmin, StaffVerifier},
	EditOfficers:     {StaffAdmin},
	ReadAudit:        {StaffAdmin},
	MakeReports:      {StaffAdmin, StaffAssessor},
}

// ownWork are the deeds of an office that concern no place: whoever is limited to
// areas does them all the same, and sees of the answer what is in them.
var ownWork = []Deed{ReadQueue, ReadCommitments, ReadRecipients, ReadCatalogue, HandleComplaints, ReadIdeas, TakePools, Import, ProposeChanges}

// othersWork are the deeds that nobody does to an entry of their own.
var othersWork = []Deed{ReviewEvidence, ModerateTexts, ApproveChanges}

// Matter is what a deed is done to.
type Matter struct {
	// Area is where it is; empty where it concerns the whole region.
	Area area.Code
	// Aggregator is who carries it, if an aggregator does.
	Aggregator AggregatorID
	// Author is who entered it, if staff did; Self says that it is a promise of
	// the member of staff as a private person.
	Author OfficerID
	Self   bool
}

// May tells whether a member of staff may do a deed to a matter. What no line
// here allows is denied. Complaints are further limited by [Staff.Sees].
func (s Staff) May(d Deed, m Matter) bool {
	switch {
	case s.ID == "" || !slices.Contains(duties[d], s.Role):
		return false
	case slices.Contains(othersWork, d) && (m.Self || m.Author == s.ID):
		return false
	case s.Role == StaffAggregator:
		// Its own promises, wherever they go.
		return s.Aggregator != "" && (m.Aggregator == s.Aggregator || m == Matter{} && slices.Contains(ownWork, d))
	case m.Area == "":
		return s.everywhere() || slices.Contains(ownWork, d)
	}
	return s.In(m.Area)
}

// Does tells whether a deed is among what someone's role does at all.
func (s Staff) Does(d Deed) bool { return slices.Contains(duties[d], s.Role) }

// Deeds lists what someone's role does at all, sorted.
func (s Staff) Deeds() []Deed {
	deeds := []Deed{}
	for d, roles := range duties {
		if slices.Contains(roles, s.Role) {
			deeds = append(deeds, d)
		}
	}
	slices.Sort(deeds)
	return deeds
}

// everywhere tells whether someone is limited to no area.
func (s Staff) everywhere() bool {
	return len(s.Areas) == 0 && s.Role != StaffKelurahan && s.Role != StaffAggregator
}

// In tells whether an area lies in those that someone answers for.
func (s Staff) In(code area.Code) bool {
	return s.everywhere() || slices.ContainsFunc(s.Areas, func(a area.Code) bool { return a.Contains(code) })
}
