package main

import (
	"context"
	"errors"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/mail"
	"ksbb/shared/table"
)

// parcel is a letter with its reader.
type parcel struct {
	to      aid.Contact
	message mail.Message
	budget  budget
	shows   bool // the collaborator's contact, to the steward
}

// write composes a letter for its reader. It refuses with errNotDue what nobody
// waits for any more, because the person's data were erased or the commitment
// moved on, and with errUnwanted a reminder to somebody who wants none.
func (s *server) write(ctx context.Context, l aid.Letter) (parcel, error) {
	switch {
	case l.Complaint != "":
		return s.writeOfComplaint(ctx, l)
	case l.Subscription != "":
		return s.writeOfSubscription(ctx, l)
	}
	r, ok := rules[l.Kind]
	if !ok {
		return parcel{}, errors.New("no rule for its kind")
	}
	o, err := s.occasion(ctx, l, r)
	if err != nil {
		return parcel{}, err
	}
	if mail.IsReminder(l.Kind) {
		wanted, err := s.outbox.WantsReminders(ctx, o.Commitment.Collaborator)
		if err != nil {
			return parcel{}, err
		}
		if !wanted {
			return parcel{}, errUnwanted
		}
	}
	p, err := s.address(ctx, l, r, &o)
	if err != nil {
		return parcel{}, err
	}
	p.message, err = mail.Compose(l.Kind, o)
	return p, err
}

// occasion gathers what a letter about a commitment says, in the language of
// its collaborator, and decides whether it is still due.
func (s *server) occasion(ctx context.Context, l aid.Letter, r rule) (mail.Occasion, error) {
	o := mail.Occasion{Service: s.pack.Title, Zone: s.pack.Zone}
	var err error
	if o.Commitment, err = s.outbox.Commitment(ctx, l.Recipient, l.Commitment); err != nil {
		return o, err
	}
	c, carrier := o.Commitment, s.region.Last().Catalogue().Aggregators[o.Commitment.Aggregator]
	m := matter{letter: l, commitment: c, permit: carrier.Permit, now: s.now(), today: aid.DayOf(s.now(), s.pack.Zone)}
	if !r.due(m) {
		return o, errNotDue
	}
	if r.delivery != nil {
		d, ok := r.about(m)
		if !ok {
			return o, errNotDue
		}
		o.Delivery = d
		o.Reported, o.Confirmed, o.HouseholdDays = s.items(c.Lines, d.Quantities), s.items(c.Lines, d.Received), s.householdDays(c.Lines, d.Received)
	}
	if l.Kind == aid.LetterOfficeSilent {
		if err := s.silence(ctx, l.Recipient); err != nil {
			return o, err
		}
	}
	place, _, err := s.outbox.Place(ctx, l.Recipient)
	if err != nil {
		return o, err
	}
	o.Place, o.Area = place.Recipient.Name, s.where(place.Recipient.Area)
	promised := make([]int64, len(c.Lines))
	for i, line := range c.Lines {
		promised[i] = line.Quantity
	}
	o.Items, o.Rest = s.items(c.Lines, promised), s.items(c.Lines, c.Outstanding())
	if c.Route == aid.Aggregate {
		o.Aggregator, o.PermitEnd = carrier.Name, carrier.Permit.End()
	}
	return o, nil
}

// silence refuses with errNotDue when somebody reached the steward meanwhile.
func (s *server) silence(ctx context.Context, r aid.RecipientID) error {
	all, err := s.outbox.Commitments(ctx, r)
	if err == nil && !aid.SilentSteward(all, s.now()) {
		return errNotDue
	}
	return err
}

// address finds the reader of a letter, with the link on which that one acts.
// Nobody gets another's: an office only gets a public page.
func (s *server) address(ctx context.Context, l aid.Letter, r rule, o *mail.Occasion) (parcel, error) {
	key, err := s.outbox.Key(ctx)
	if err != nil {
		return parcel{}, err
	}
	switch r.to {
	case collaborator:
		return s.toCollaborator(ctx, l, key, o)
	case steward:
		return s.toSteward(ctx, l, r, key, o)
	}
	o.Link = s.site + "/lokasi/" + string(l.Recipient) + "/"
	return parcel{to: s.office}, nil
}

func (s *server) toCollaborator(ctx context.Context, l aid.Letter, key []byte, o *mail.Occasion) (parcel, error) {
	credential, err := s.outbox.Credential(ctx, l.Commitment)
	if errors.Is(err, aid.ErrNotFound) {
		return parcel{}, errNotDue
	}
	if err != nil {
		return parcel{}, err
	}
	secret, err := aid.Secret(key, l.Commitment, credential.SecretVersion)
	if err != nil {
		return parcel{}, err
	}
	o.Language, o.Name = credential.Language, credential.Contact.Name
	o.Code, o.Link = aid.Code(key, l.Commitment), s.page(o.Language, "/k/#"+secret)
	b := budget{budgetOfLetters, string(o.Commitment.Collaborator), s.pack.Catalogue().Limits.LettersPerDay}
	if l.Kind == aid.LetterCode || l.Kind == aid.LetterLink {
		b = s.proofs(key, credential.Contact.Email)
	}
	return parcel{to: credential.Contact, budget: b}, nil
}

func (s *server) toSteward(ctx context.Context, l aid.Letter, r rule, key []byte, o *mail.Occasion) (parcel, error) {
	to, err := s.outbox.Steward(ctx, l.Recipient)
	if errors.Is(err, aid.ErrNotFound) {
		return parcel{}, errNoChannel
	}
	if err != nil {
		return parcel{}, err
	}
	access, err := s.outbox.Access(ctx, l.Recipient)
	if err != nil {
		return parcel{}, err
	}
	giver, err := s.outbox.Credential(ctx, l.Commitment)
	forgotten := errors.Is(err, aid.ErrNotFound)
	if forgotten && r.giver {
		return parcel{}, errNotDue
	}
	if err != nil && !forgotten {
		return parcel{}, err
	}
	o.Language, o.Name, o.Giver = "id", to.Name, aid.Contact{Name: giver.Contact.Name}
	if r.giver {
		o.Giver = giver.Contact
	}
	o.Link = s.page(o.Language, "/pj/#"+aid.StewardSecret(key, l.Recipient, access.Version))
	limit := s.pack.Catalogue().Limits.LettersPerDay
	return parcel{to: to, budget: budget{budgetOfLetters, string(l.Recipient), limit}, shows: r.giver}, nil
}

// page is the address of a page of the site in the language of a letter.
func (s *server) page(language, path string) string {
	if l := bahasa.Language(language); l != "" && l != bahasa.Indonesian {
		return s.site + "/" + language + path
	}
	return s.site + path
}

// writeOfComplaint composes a letter to the office about a complaint, unless it
// was answered meanwhile.
func (s *server) writeOfComplaint(ctx context.Context, l aid.Letter) (parcel, error) {
	c, err := s.outbox.Complaint(ctx, l.Complaint)
	if err != nil {
		return parcel{}, err
	}
	if c.State != aid.ComplaintReceived && c.State != aid.ComplaintAssigned {
		return parcel{}, errNotDue
	}
	desk := c.Desk()
	o := mail.Occasion{Service: s.pack.Title, Zone: s.pack.Zone, Link: s.site + "/aduan/", Complaint: mail.Complaint{
		Ticket: c.ID.Ticket(), Class: c.Class, Desk: desk.Role, Received: aid.DayOf(c.ReceivedAt, s.pack.Zone), DueBy: aid.DayOf(c.DueBy, s.pack.Zone),
	}}
	if c.Area != "" {
		o.Complaint.Area = s.where(c.Area)
	}
	if desk.Area != "" {
		o.Complaint.DeskArea = s.pack.AreaName(desk.Area)
	}
	message, err := mail.Compose(l.Kind, o)
	return parcel{to: s.office, message: message}, err
}

// where names the kelurahan and the kota of an area: "Jagakarsa, Jakarta
// Selatan".
func (s *server) where(code area.Code) string {
	return s.pack.AreaName(code.At(area.Kelurahan)) + ", " + s.pack.AreaName(code.At(area.Kota))
}

// items says so much of each line in words, and leaves out lines of which there
// is nothing. Nil quantities are none.
func (s *server) items(lines []aid.Line, quantities []int64) []mail.Item {
	var items []mail.Item
	for i, n := range quantities {
		if n == 0 {
			continue
		}
		l := lines[i]
		if l.Need == "" {
			items = append(items, mail.Item{Quantity: n, Unit: l.Unit, Name: l.Free, Free: true})
			continue
		}
		items = append(items, mail.Item{Quantity: n, Unit: l.Unit, Name: s.region.Last().Catalogue().Packages[l.Package].Name, Equivalent: l.Equivalent})
	}
	return items
}

// householdDays returns for how many days of one household so much of each line
// lasts, as far as the catalogue says.
func (s *server) householdDays(lines []aid.Line, quantities []int64) int64 {
	var thousandths int64
	for i, n := range quantities {
		if lines[i].Need != "" {
			thousandths += n * s.region.Last().Catalogue().Packages[lines[i].Package].MilliHouseholdDays
		}
	}
	return thousandths / 1000
}

var _ outbox = (*table.Table)(nil)
