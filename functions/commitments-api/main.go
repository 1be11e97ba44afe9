// Command commitments-api answers the endpoints of collaborators behind API
// Gateway: it takes commitments, verifies the channel of whoever made them, and
// leads them through the life of their commitment: contact, day, statement,
// deliveries with evidence, papers, and an end.
//
// REGION_PACK names the region pack that it serves.
// LEDGER_TABLE names the DynamoDB table of public facts.
// PRIVATE_TABLE names the DynamoDB table of contacts and secrets.
// EVIDENCE_BUCKET names the private bucket of uploaded files and signed statements.
// SITE_URL is the origin of the public site, without a final slash.
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
	"ksbb/shared/openapi"
	"ksbb/shared/region"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("commitments-api cannot start", "err", err)
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
	// The key is read here, where the processor is at full speed and nobody
	// waits: it opens the connection that the first request will use. Should it
	// fail, that request asks again.
	soon, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if _, err := facts.Key(soon); err != nil {
		slog.Warn("installation key not read yet", "err", err)
	}
	bucket, err := blob.OpenVault(ctx, env("EVIDENCE_BUCKET"))
	if err != nil {
		return err
	}
	s := &server{
		store: facts, files: bucket, pack: pack, region: catalogue.New(pack, facts, time.Now), now: time.Now, random: func(b []byte) { rand.Read(b) }, site: env("SITE_URL"),
		effort: effort, edgeKey: env("EDGE_KEY"),
		described: func() ([]byte, error) { return openapi.Whole(env("SITE_URL")) },
	}
	lambda.StartWithOptions(web.Proxy(s.handler()), lambda.WithContext(ctx))
	return nil
}
