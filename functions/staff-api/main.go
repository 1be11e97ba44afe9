// Command staff-api answers the console of officers and aggregators behind API
// Gateway. The gateway checks who calls; what the caller may do to what is
// decided here, for each call, by one function.
//
// REGION_PACK names the region pack that it serves.
// LEDGER_TABLE names the DynamoDB table of public facts.
// PRIVATE_TABLE names the DynamoDB table of contacts and secrets.
// EVIDENCE_BUCKET names the S3 bucket of evidence.
// PUBLIC_BUCKET names the S3 bucket that everyone reads.
// SITE_URL is the origin of the public site.
// STAFF_CLIENT is the client that access tokens must be made for.
// STAFF_SIGN_IN is the address below which the identity provider signs people in.
// STAFF_POOL names the user pool that suspended people are signed out of; empty where somebody else's provider signs them in.
// EDGE_KEY is the word that CloudFront shows; empty where there is no CloudFront.
package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/blob"
	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/signin"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("staff-api cannot start", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string) error {
	pack, err := region.Load(env("REGION_PACK"))
	if err != nil {
		return err
	}
	facts, err := table.Open(ctx, env("LEDGER_TABLE"), env("PRIVATE_TABLE"))
	if err != nil {
		return err
	}
	evidence, err := blob.OpenVault(ctx, env("EVIDENCE_BUCKET"))
	if err != nil {
		return err
	}
	public, err := blob.Open(ctx, env("PUBLIC_BUCKET"))
	if err != nil {
		return err
	}
	door, err := signin.Open(ctx, env("STAFF_POOL"))
	if err != nil {
		return err
	}
	s := &server{
		evidence: evidence, public: public, door: door,
		store: facts, pack: pack, region: catalogue.New(pack, facts, time.Now), now: time.Now, random: func(b []byte) { rand.Read(b) }, edgeKey: env("EDGE_KEY"),
		client: env("STAFF_CLIENT"), signIn: env("STAFF_SIGN_IN"), site: env("SITE_URL"),
	}
	lambda.StartWithOptions(web.Proxy(s.handler()), lambda.WithContext(ctx))
	return nil
}
