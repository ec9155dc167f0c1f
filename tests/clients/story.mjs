// Two accounts tell the stories of all services with the JS SDK v3, and print what they saw as JSON.
import {
  AcceptAdministratorInvitationCommand, CreateMembersCommand, EnableSecurityHubCommand,
  InviteMembersCommand, ListInvitationsCommand, ListMembersCommand, paginateListMembers,
  ResourceConflictException, SecurityHubClient,
} from "@aws-sdk/client-securityhub";
import {
  CleanRoomsClient, CreateCollaborationCommand, CreateMembershipCommand,
  ListCollaborationsCommand, ListMembersCommand as ListCollaboratorsCommand,
  AccessDeniedException, GetCollaborationCommand,
} from "@aws-sdk/client-cleanrooms";

const [url, admin, member] = process.argv.slice(2);
const of = (Client, account) => new Client({
  endpoint: url, region: "eu-west-1", credentials: { accessKeyId: account, secretAccessKey: "any" },
});
const seen = {};

// Security Hub: an invitation
const [hub, other] = [admin, member].map(account => of(SecurityHubClient, account));
await hub.send(new EnableSecurityHubCommand({}));
await other.send(new EnableSecurityHubCommand({}));
await hub.send(new CreateMembersCommand({ AccountDetails: [{ AccountId: member }] }));
await hub.send(new InviteMembersCommand({ AccountIds: [member] }));
const { Invitations } = await other.send(new ListInvitationsCommand({}));
seen.invitedBy = Invitations.map(each => each.AccountId);
seen.invitedAtIsADate = Invitations[0].InvitedAt instanceof Date;
await other.send(new AcceptAdministratorInvitationCommand({
  AdministratorId: admin, InvitationId: Invitations[0].InvitationId }));
seen.members = (await hub.send(new ListMembersCommand({}))).Members.map(each => each.MemberStatus);
await hub.send(new CreateMembersCommand({
  AccountDetails: Array.from({ length: 5 }, (_, n) => ({ AccountId: String(700000000000 + n) })) }));
seen.pages = [];
for await (const page of paginateListMembers({ client: hub, pageSize: 4 }, { OnlyAssociated: false }))
  seen.pages.push(page.Members.length);
try {
  await hub.send(new EnableSecurityHubCommand({}));
} catch (error) {
  seen.conflict = [error instanceof ResourceConflictException, error.$metadata.httpStatusCode];
}

// Clean Rooms: a collaboration
const [brand, publisher] = [admin, member].map(account => of(CleanRoomsClient, account));
const { collaboration } = await brand.send(new CreateCollaborationCommand({
  name: "Campaigns", description: "Who saw what?", creatorDisplayName: "Brand",
  creatorMemberAbilities: ["CAN_QUERY", "CAN_RECEIVE_RESULTS"], queryLogStatus: "DISABLED",
  members: [{ accountId: member, displayName: "Publisher", memberAbilities: [] }],
}));
seen.createdIsADate = collaboration.createTime instanceof Date;
seen.rooms = (await publisher.send(new ListCollaborationsCommand({})))
  .collaborationList.map(each => each.name);
await publisher.send(new CreateMembershipCommand({
  collaborationIdentifier: collaboration.id, queryLogStatus: "DISABLED" }));
const { memberSummaries } = await brand.send(
  new ListCollaboratorsCommand({ collaborationIdentifier: collaboration.id }));
seen.collaborators = Object.fromEntries(
  memberSummaries.map(each => [each.accountId, each.status]));
try {
  await brand.send(new GetCollaborationCommand({
    collaborationIdentifier: "11111111-2222-4333-8444-555555555555" }));
} catch (error) {
  seen.missing = [error instanceof AccessDeniedException, error.name];
}

// Security Incident Response: its client where the registry has it, otherwise signed requests
const team = ["Ana", "Bo"].map(name => ({
  name: `${name} Silva`, jobTitle: "Lead", email: `${name}@example.com` }));
let ir;
try {
  ir = await import("@aws-sdk/client-security-ir");
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
}
if (ir) {
  const [owner, stranger] = [admin, member].map(account => of(ir.SecurityIRClient, account));
  const { membershipId } = await owner.send(new ir.CreateMembershipCommand({
    membershipName: "Response", incidentResponseTeam: team }));
  seen.own = (await owner.send(new ir.GetMembershipCommand({ membershipId }))).accountId;
  try {
    await stranger.send(new ir.GetMembershipCommand({ membershipId }));
  } catch (error) {
    seen.stranger = error.name;
  }
} else {
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const { Sha256 } = await import("@aws-crypto/sha256-js");
  const { hostname, port, host, protocol } = new URL(url);
  const call = async (account, method, path, body) => {
    const signer = new SignatureV4({ service: "security-ir", region: "eu-west-1", sha256: Sha256,
      credentials: { accessKeyId: account, secretAccessKey: "any" } });
    const signed = await signer.sign({ method, path, hostname, port: Number(port), protocol,
      query: {}, headers: { host, "content-type": "application/json" },
      body: body && JSON.stringify(body) });
    const answer = await fetch(url + path, signed);
    return { type: answer.headers.get("x-amzn-errortype"), ...(await answer.json()) };
  };
  const { membershipId } = await call(admin, "POST", "/v1/membership",
    { membershipName: "Response", incidentResponseTeam: team, clientToken: "t".repeat(36) });
  seen.own = (await call(admin, "GET", `/v1/membership/${membershipId}`)).accountId;
  seen.stranger = (await call(member, "GET", `/v1/membership/${membershipId}`)).type.split(":")[0];
}

// A service that is not mocked: one attempt, and the code that says so
let attempts = 0;
const elsewhere = of(SecurityHubClient, admin);
elsewhere.middlewareStack.add((next, context) => async args => {
  attempts += 1;
  args.request.headers.authorization =
    args.request.headers.authorization.replace("/securityhub/", "/detective/");
  return next(args);
}, { step: "finalizeRequest", priority: "low" });
try {
  await elsewhere.send(new ListMembersCommand({}));
} catch (error) {
  seen.notMocked = [error.name, attempts];
}
console.log(JSON.stringify(seen));
