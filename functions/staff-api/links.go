package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/table"
)

func (s *server) registerLinks(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "replaceStewardLink", Method: http.MethodPost, Path: "/v1/staff/recipients/{id}/steward-link",
		Summary:     "Make a new link for who answers for a recipient; the old one dies",
		Description: "The link is what opens everything that a person in charge may do: it is answered here and nowhere else.",
	}, s.replaceLink)
	huma.Register(api, huma.Operation{
		OperationID: "askSteward", Method: http.MethodPost, Path: "/v1/staff/recipients/{id}/asks",
		Summary: "A message that asks who answers for a recipient whether its needs are still there",
	}, s.ask)
}

type messageAnswer struct{ Body messageBody }

type messageBody struct {
	Link     string `json:"link,omitempty" doc:"Of who answers for the recipient; secret"`
	Message  string `json:"message" doc:"Ready to be sent"`
	WhatsApp string `json:"whatsapp,omitempty" doc:"Opens a chat with the message in it; absent where no number is known, or it is invented"`
}

type linkInput struct {
	ID   aid.RecipientID `path:"id" maxLength:"80"`
	Body struct {
		ID     string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

// linked is what the trail keeps of a new link: which one it is, never the link.
type linked struct {
	Version int `json:"version"`
}

// replaceLink ends every link of a recipient's steward and answers a new one. The
// same request again answers the same link, though another may have replaced it.
func (s *server) replaceLink(ctx context.Context, in *linkInput) (*messageAnswer, error) {
	who, err := s.role(ctx, aid.HandOverLinks)
	if err != nil {
		return nil, err
	}
	place, _, err := s.recipient(ctx, who, aid.HandOverLinks, in.ID)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	const action = "steward-link"
	object, version := "recipient/"+string(in.ID), 0
	made, err := s.repeated(ctx, who, in.Body.ID, action, object)
	if err != nil {
		return nil, err
	}
	if made {
		act, _, err := s.store.Acted(ctx, in.Body.ID)
		var was linked
		if err == nil {
			err = json.Unmarshal([]byte(act.After), &was)
		}
		if err != nil {
			return nil, fmt.Errorf("read link of request %s: %w", in.Body.ID, err)
		}
		version = was.Version
	} else {
		access, err := s.store.Access(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		version = access.Version + 1
		act := s.act(who, in.Body.ID, aid.HandOverLinks, action, object, place.Recipient.Area, in.Body.Reason)
		act.Before, act.After = compact(linked{access.Version}), compact(linked{version})
		if err := s.store.ReplaceLink(table.Acting(ctx, act), in.ID, version); err != nil {
			return nil, err
		}
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	link := s.site + "/pj/#" + aid.StewardSecret(key, in.ID, version)
	return s.handOn(ctx, who, place.Recipient, link, func(name string) string {
		return fmt.Sprintf("Halo %s, ini tautan pribadi Anda untuk mengurus bantuan di %s melalui %s:\n%s\n\n"+
			"Simpan baik-baik dan jangan teruskan: siapa pun yang memegangnya dapat menjawab atas nama Anda. Tautan yang lama sudah tidak berlaku.",
			name, place.Recipient.Name, s.pack.Title, link)
	})
}

type askInput struct {
	ID   aid.RecipientID `path:"id" maxLength:"80"`
	Body struct {
		ID string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
	}
}

// ask answers a message that asks whether a recipient's needs are still there. An
// officer sends it; what comes back is recorded with confirmNeed.
func (s *server) ask(ctx context.Context, in *askInput) (*messageAnswer, error) {
	who, err := s.role(ctx, aid.HandOverLinks)
	if err != nil {
		return nil, err
	}
	place, _, err := s.recipient(ctx, who, aid.HandOverLinks, in.ID)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	object := "recipient/" + string(in.ID)
	if _, err := s.repeated(ctx, who, in.Body.ID, "ask", object); err != nil {
		return nil, err
	}
	if err := s.store.Record(ctx, s.act(who, in.Body.ID, aid.HandOverLinks, "ask", object, place.Recipient.Area, "")); err != nil {
		return nil, err
	}
	wanted := []string{}
	for _, n := range place.Needs {
		if p, ok := s.pack.Package(n.Package); ok && n.Remaining() > 0 {
			wanted = append(wanted, bahasa.Indonesian.Number(n.Remaining())+" "+p.Unit+" "+p.Name)
		}
	}
	question := "apakah ada yang masih dibutuhkan di %s?"
	if len(wanted) > 0 {
		question = "apakah %s masih membutuhkan " + strings.ReplaceAll(bahasa.Indonesian.List(wanted), "%", "%%") + "?"
	}
	return s.handOn(ctx, who, place.Recipient, "", func(name string) string {
		return fmt.Sprintf("Halo %s, kami dari %s, %s: "+question+"\n\n"+
			"Balas saja pesan ini dengan \"masih\" atau \"cukup\", atau jawab melalui tautan pribadi Anda. Terima kasih.",
			name, s.pack.Operator.Name, s.pack.Title, place.Recipient.Name)
	})
}

// handOn answers a message for who answers for a recipient, with a way to send it
// to their own number. That shows the number to who called, which is recorded
// with the request and counted by an alarm. A number that is invented is never
// dialled.
func (s *server) handOn(ctx context.Context, who caller, r aid.Recipient, link string, say func(name string) string) (*messageAnswer, error) {
	contact, err := s.steward(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	body := messageBody{Link: link, Message: say(cmp.Or(r.Steward, contact.Name, "Bapak/Ibu"))}
	if contact.Phone != "" && !r.Demo {
		slog.InfoContext(ctx, "contact shown to staff", "officer", string(who.ID), "side", "steward")
		body.WhatsApp = "https://wa.me/" + strings.TrimPrefix(contact.Phone, "+") + "?text=" + strings.ReplaceAll(url.QueryEscape(body.Message), "+", "%20")
	}
	return &messageAnswer{body}, nil
}
