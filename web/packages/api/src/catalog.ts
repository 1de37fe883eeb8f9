/**
 * The Service Catalog's API as the console speaks it: the shapes of `api/service-catalog.json`, under
 * short names. `npm run gen` writes what they are aliases of.
 */
import type { Paths } from './paths';
import type { components, paths } from './schema/service-catalog';

type Schemas = components['schemas'];

/** The document names the rows of a table as objects of no known keys: they are answers by column. */
type Known<T> = T extends Record<string, never>[]
  ? Row[]
  : T extends object
    ? { [Key in keyof T]: Known<T[Key]> }
    : T;

/* What there is to ask for */

export type Category = Schemas['Category'];
export type Categories = Schemas['Categories'];
export type CategoryInput = Required<Schemas['CategoryRequest']>;
export type CostCentre = Schemas['CostCentre'];
export type CostCentreInput = Schemas['CostCentreRequest'];
export type ItemSummary = Schemas['ItemSummary'];
type Content = Known<Schemas['ItemContent']>;
/** What an item is. The server leaves out the cost centre of an item without one, and the parts of what is no bundle. */
export type ItemContent = Required<Omit<Content, 'cost_centre_id' | 'parts'>> & Pick<Content, 'cost_centre_id'> & { parts?: BundlePart[] };
export type BundlePart = Required<Omit<Known<Schemas['BundlePart']>, 'presets'>> & { presets: Record<string, BundlePreset> };
export type BundlePreset = Required<Known<Schemas['BundlePreset']>>;
export type ItemVersion = ItemContent & Pick<Schemas['ItemVersion'], 'number' | 'published_at'>;
export type Item = Omit<Schemas['Item'], 'published' | 'draft'> & {
  published?: ItemVersion | null;
  draft?: ItemVersion | null;
};
/** What somebody may choose of a bundle. */
export type BundleOffer = Omit<Schemas['BundleOffer'], 'parts'> & { parts: OfferedPart[] };
export type OfferedPart = Omit<Schemas['OfferedPart'], 'offered'> & { offered?: ItemVersion | null };
export type BundleInput = Known<Schemas['SubmitBundle']>;
export type SubmittedBundle = Schemas['SubmittedBundle'];
export type NamedPerson = Schemas['NamedPerson'];

/* Forms */

export type Form = Known<Schemas['Form']>;
export type Field = Known<Schemas['Field']>;
export type FieldKind = Known<Schemas['FieldKind']>;
export type FieldType = FieldKind['type'];
export type Column = Known<Schemas['Column']>;
export type FormOption = Schemas['FormOption'];
export type Prefill = Known<Schemas['Prefill']>;
export type DateBound = Schemas['DateBound'];
export type Answer = Known<Schemas['Answer']>;
export interface Row {
  [column: string]: Answer;
}
/** By the keys of the fields. */
export type Answers = Record<string, Answer>;
export type Condition = Known<Schemas['Condition']>;
export type Comparison = Known<Schemas['Comparison']>;

/* Approvals and tasks */

export type ApprovalPlan = Known<Schemas['ApprovalPlan']>;
export type ApprovalStage = Known<Schemas['ApprovalStage']>;
export type ApprovalRule = Schemas['ApprovalRule'];
export type ApprovalDeadline = Schemas['ApprovalDeadline'];
export type Approver = Schemas['Approver'];
export type TaskPlan = Schemas['TaskPlan'];
export type PlannedTask = Schemas['PlannedTask'];
export type Work = Schemas['Work'];
export type Assignment = Schemas['Assignment'];

/* Requests */

export type RequestSummary = Schemas['RequestSummary'];
export type CatalogRequest = Known<Schemas['Request']>;
export type RequestStage = Schemas['RequestStage'];
export type RequestSeat = Schemas['RequestSeat'];
export type Decision = Schemas['Decision'];
export type Verdict = Schemas['Verdict'];
/** What a link out of a letter asks. */
export type DecisionLink = Known<Schemas['DecisionLink']>;
export type DecisionInput = Schemas['DecisionRequest'];
export type RequestInput = Known<Schemas['SubmitRequest']>;
export type RequestTask = Schemas['RequestTask'];
export type TaskSummary = Schemas['TaskSummary'];
export type Note = Schemas['Note'];
export type NoteInput = Schemas['NoteRequest'];
export type RatingInput = Schemas['RatingRequest'];
export type Delegation = Schemas['Delegation'];
export type Delegations = Schemas['Delegations'];
export type DelegationInput = Schemas['DelegationRequest'];

/* The desk */

export type TicketState = Schemas['TicketState'];
export type TicketPending = Schemas['Pending'];
export type TicketKind = Schemas['TicketKind'];
export type TicketPriority = Schemas['Priority'];
export type Impact = Schemas['Impact'];
export type Urgency = Schemas['Urgency'];
export type TicketSummary = Schemas['TicketSummary'];
export type Ticket = Schemas['Ticket'];
export type NewTicket = Schemas['OpenTicketRequest'];
export type TicketChange = Schemas['TicketChange'];
export type TicketMove = Schemas['MoveRequest'];
export type HandOver = Schemas['HandOverRequest'];
export type TicketEvent = Omit<Schemas['TicketEvent'], 'detail'> & { detail: unknown };
export type TicketClock = Schemas['TicketClock'];
export type ClockMeasure = Schemas['ClockMeasure'];
export type ClockInterval = Schemas['ClockInterval'];
export type ClockReason = Schemas['ClockReason'];
export type ExplainedClock = Schemas['ExplainedClock'];
export type ExplainedClocks = Schemas['ExplainedClocks'];
export type TicketFilter = Partial<Schemas['TicketFilter']>;
export type TicketSort = Schemas['TicketSort'];
export type SavedTicketView = Omit<Schemas['SavedTicketView'], 'filter'> & { filter: TicketFilter };
export interface SavedTicketViews {
  items: SavedTicketView[];
}
export type TicketViewInput = Omit<Schemas['TicketViewRequest'], 'filter'> & { filter: TicketFilter };
export type BulkInput = Schemas['BulkRequest'];
export type BulkAnswer = Schemas['BulkAnswer'];
export type NamedGroup = Schemas['NamedGroup'];

/* Tickets and each other, and what they are answered with */

export type TicketLink = Schemas['TicketLink'];
export type TicketLinks = Schemas['TicketLinks'];
export type TicketLinkKind = Schemas['TicketLinkKind'];
export type TicketLinkInput = Schemas['TicketLinkRequest'];
export type TicketRef = Schemas['TicketRef'];
export type LinkedTicket = Schemas['LinkedTicket'];
export type MergeInput = Schemas['MergeRequest'];
export type SplitInput = Schemas['SplitRequest'];
export type CannedAnswer = Schemas['CannedAnswer'];
export type CannedAnswers = Schemas['CannedAnswers'];
export type CannedAnswerInput = Schemas['CannedAnswerRequest'];
export type FilledAnswer = Schemas['FilledAnswer'];
export type TicketArticle = Schemas['TicketArticle'];
export type TicketArticles = Schemas['TicketArticles'];

/* Major incidents and their reviews */

export type AffectingIncident = Schemas['AffectingIncident'];
export type MajorIncident = Schemas['MajorIncident'];
export type MajorIncidentSummary = Schemas['MajorIncidentSummary'];
export type MajorIncidentState = Schemas['MajorIncidentState'];
export type MajorIncidentRole = Schemas['MajorIncidentRole'];
export type MajorIncidentLead = Schemas['MajorIncidentLead'];
export type DeclareInput = Schemas['DeclareRequest'];
export type IncidentMove = Schemas['IncidentMoveRequest'];
export type TimelineEntry = Omit<Schemas['TimelineEntry'], 'detail'> & { detail: unknown };
export type TimelineInput = Schemas['TimelineRequest'];
export type UpdateAudience = Schemas['UpdateAudience'];
export type UpdateInput = Schemas['UpdateRequest'];
export type Review = Schemas['Review'];
export type ReviewAction = Schemas['ReviewAction'];
export type ReviewActionState = Schemas['ReviewActionState'];
export type ReviewInput = Schemas['ReviewRequest'];
export type TemplateSection = Required<Schemas['TemplateSection']>;
export type ReviewTemplate = Omit<Schemas['TenantReviewTemplate'], 'sections'> & { sections: TemplateSection[] };

/* The status page */

export type ComponentState = Schemas['ComponentState'];
export type ComponentImpact = Schemas['ComponentImpact'];
export type AffectedComponent = Schemas['AffectedComponent'];
export type IncidentPublicInput = Schemas['IncidentPublicRequest'];
export type StatusPageSettings = Required<Schemas['StatusPageSettings']>;
export type StatusPageView = Omit<Schemas['StatusPageView'], 'settings'> & { settings?: StatusPageSettings | null };
export type StatusComponent = Schemas['StatusComponent'];
export type StatusComponents = Schemas['StatusComponents'];
export type StatusComponentInput = Schemas['StatusComponentRequest'];
export type StatusComponentStateInput = Required<Schemas['StatusComponentStateRequest']>;
export type Maintenance = Schemas['Maintenance'];
export type MaintenanceInput = Schemas['MaintenanceRequest'];
export type MaintenancePhase = Schemas['MaintenancePhase'];
/** What everybody reads. */
export type PublicStatus = Schemas['PublicStatus'];
export type PublicComponent = Schemas['PublicComponent'];
export type PublicIncident = Schemas['PublicIncident'];
export type PublicIncidentState = Schemas['PublicIncidentState'];
export type PublicMaintenance = Schemas['PublicMaintenance'];

/* Problems, and the knowledge base */

export type ProblemState = Schemas['ProblemState'];
export type ProblemSummary = Schemas['ProblemSummary'];
export type ProblemRecord = Schemas['ProblemRecord'];
export type ProblemInput = Schemas['ProblemRequest'];
export type ProblemChange = Schemas['ProblemChange'];
export type Article = Schemas['Article'];
export type ArticleContent = Required<Schemas['ArticleContent']>;
export type ArticleSummary = Schemas['ArticleSummary'];
export type ArticleVersion = Schemas['ArticleVersion'];
export type ArticleVisibility = Schemas['ArticleVisibility'];
export type ArticleFeedback = Schemas['ArticleFeedback'];
export type ArticleSuggestion = Schemas['ArticleSuggestion'];
export type ArticleSuggestions = Schemas['ArticleSuggestions'];
export type ArticleCategories = Schemas['ArticleCategories'];
export type FeedbackInput = Schemas['FeedbackRequest'];

/* How the desk is set up */

export type CalendarSummary = Schemas['CalendarSummary'];
export type Calendars = Schemas['Calendars'];
export type Calendar = Schemas['Calendar'];
export type CalendarVersion = Schemas['CalendarVersion'];
export type CalendarContent = Required<Schemas['CalendarContent']>;
export type CalendarInput = Schemas['CalendarRequest'];
export type CalendarChange = Schemas['CalendarChange'];
export type CalendarVersionInput = Schemas['CalendarVersionRequest'];
export type CalendarImport = Schemas['ImportRequest'];
export type WeeklyHours = Schemas['WeeklyHours'];
export type Weekday = Schemas['Weekday'];
export type Holiday = Schemas['Holiday'];
export type ServiceLevels = Required<Schemas['ServiceLevels']>;
export type CurrentServiceLevels = Schemas['CurrentServiceLevels'];
export type TargetMinutes = Schemas['TargetMinutes'];
export type DeskGroup = Schemas['DeskGroup'];
export type EscalationTrack = Schemas['EscalationTrack'];
export type EscalationLadder = Schemas['EscalationLadder'];
export type EscalationLevel = Schemas['EscalationLevel'];
export type Responder = Schemas['Responder'];
export type TrackLadder = Schemas['TrackLadder'];
export type Ladders = Schemas['Ladders'];
export type TicketEscalation = Schemas['TicketEscalation'];
export type TicketEscalations = Schemas['TicketEscalations'];
export type EscalationInput = Schemas['EscalateRequest'];
export type EscalationStep = Schemas['EscalationStepKind'];

/* Files */

export type CatalogFile = Schemas['File'];
export type CatalogFiles = Schemas['FileList'];
export type FileReference = Schemas['FileReference'];
export type AttachInput = Schemas['AttachRequest'];
export type OptionsQuery = Schemas['OptionsQuery'];
export type FieldOptions = Schemas['FieldOptions'];
export type OptionList = Schemas['OptionList'];
export type OptionListInput = Schemas['OptionListRequest'];
export type ListOption = Schemas['ListOption'];

/* E-mail */

export type MailSettings = Schemas['MailSettings'];
export type CatalogSettings = Schemas['CatalogSettings'];
export type CatalogSettingsView = Schemas['CatalogSettingsView'];
export type MailSettingsView = Schemas['MailSettingsView'];
export type MailMessage = Schemas['MailMessage'];
export type MailState = Schemas['MailState'];
export type AcceptMailInput = Schemas['AcceptMailRequest'];

/* What is measured */

export type Measured = Schemas['MeasuredFilter'];
export type TicketMeasures = Schemas['TicketMeasures'];
export type TicketMeasuresRow = Schemas['TicketMeasuresRow'];
export type TicketMeasuresView = Schemas['TicketMeasuresView'];
export type MeasureTargets = Schemas['Targets'];
export type RequestMeasures = Schemas['RequestMeasures'];
export type RequestMeasuresRow = Schemas['RequestMeasuresRow'];
export type RequestMeasuresView = Schemas['RequestMeasuresView'];
export type Backlog = Schemas['Backlog'];

/** What can be called, by method. */
export type CatalogPaths = Paths<paths, '/api/v1/service-catalog'>;
