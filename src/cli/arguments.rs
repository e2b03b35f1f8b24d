//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::KubernetesVersion;
use crate::config::keys::PROFILES;
use crate::diagnostic::{Authority, Severity};
use crate::output::Format;

/// What the help of the program ends with.
const AFTER_HELP: &str = concat!(
    "\
Examples:
  podlint check                       check the folder and all below it
  podlint check train.py --fix        make the safe fixes
  podlint explain undefined-volume    what a rule finds, and why
  podlint render train.py:train       the pod that Flyte would submit for a task

",
    env!("CARGO_PKG_REPOSITORY")
);
/// The same of `check`.
const AFTER_CHECK: &str = "\
Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 could not run as asked; the format changes nothing.

Examples:
  podlint check --select undefined-volume,unused-volume workflows/
  podlint check --output sarif=podlint.sarif        a report for people, and one for code scanning
  podlint check --write-baseline known.json         adopt podlint where there are findings already
  podlint check --add-ignores --reason 'see OPS-12' or silence them by comments
  podlint check - --stdin-filename t.yaml < t.yaml";

/// Checks Flyte pod templates, in Python and YAML, before anything is submitted.
#[derive(Parser, Debug)]
#[command(name = "podlint", version, about, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Find and check pod templates in Python, notebooks, YAML and JSON
    #[command(after_help = AFTER_CHECK)]
    Check(Box<CheckArguments>),
    /// Show the pods that Flyte would submit for templates and tasks
    Render(RenderArguments),
    /// Look up the digests of images, and pin them (the only command that uses the network)
    #[cfg(feature = "pin")]
    #[command(
        after_help = "Exit codes: 0 done or nothing to do, 1 something moved or is not pinned (--check) or would change \
                      (--diff), 2 something could not be looked up or written."
    )]
    Pin(PinArguments),
    /// Write down what a cluster has and allows, for `--cluster`, and look at it
    #[command(subcommand)]
    Cluster(ClusterCommand),
    /// Explain a rule: what it finds, why, who would object, and what to do
    Explain(ExplainArguments),
    /// List all rules, with their severities
    Rules(RulesArguments),
    /// Show what the configuration says, and where
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Serve an editor: the Language Server Protocol on standard input and output
    Server(ServerArguments),
    /// Print a script that completes podlint's arguments in a shell
    #[command(after_help = "For bash: podlint completions bash > ~/.local/share/bash-completion/completions/podlint")]
    Completions(CompletionsArguments),
    /// Print the manual page, or write all of them
    Man(ManArguments),
}

#[derive(Args, Debug)]
pub struct CheckArguments {
    /// Files and directories; `-` reads standard input
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Leave out files and folders that match, as in `.gitignore`, beside those that the configuration excludes
    #[arg(long, help_heading = "Files", value_name = "PATTERN,…", value_delimiter = ',')]
    pub exclude: Vec<String>,
    /// List the files that would be checked, and check nothing
    #[arg(long, help_heading = "Files", hide_short_help = true)]
    pub show_files: bool,
    /// Exit with 2 where there is no pod template at all
    #[arg(long, help_heading = "Files", hide_short_help = true)]
    pub require_templates: bool,
    /// The name under which standard input is checked; its ending says the language
    #[arg(long, help_heading = "Files", value_name = "PATH", hide_short_help = true)]
    pub stdin_filename: Option<PathBuf>,
    /// How to write the report
    #[arg(long, help_heading = "Report", value_enum, alias = "output-format", default_value_t = FormatName::Full)]
    pub format: FormatName,
    /// Write a further report to a file; may be given several times
    #[arg(long, help_heading = "Report", value_name = "FORMAT=FILE", value_parser = output)]
    pub output: Vec<(FormatName, PathBuf)>,
    #[command(flatten)]
    pub source: ConfigurationArguments,
    /// Check what strangers wrote: of the configuration beside the files only `exclude`, versions and stricter severities count
    #[arg(long, help_heading = "Configuration", hide_short_help = true)]
    pub untrusted: bool,
    /// How many times the default limits a configuration may ask for [default: 4, with --untrusted 1]
    #[arg(long, help_heading = "Configuration", value_name = "TIMES", value_parser = clap::value_parser!(u32).range(1..=1000), hide_short_help = true)]
    pub limit_ceiling: Option<u32>,
    /// Run only these rules: names, groups (`sidecars`), patterns (`invalid-*`) or `all`; `podlint rules` lists them
    #[arg(long, help_heading = "Rules", value_name = "RULE,…", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Run these rules as well
    #[arg(long, help_heading = "Rules", value_name = "RULE,…", value_delimiter = ',', hide_short_help = true)]
    pub extend_select: Vec<String>,
    /// The set of rules to begin with
    #[arg(long, help_heading = "Rules", value_name = "PROFILE", value_parser = PROFILES.to_vec(), hide_short_help = true)]
    pub profile: Option<String>,
    /// Run the rules that may still change or go, too
    #[arg(long, help_heading = "Rules", hide_short_help = true)]
    pub preview: bool,
    /// Do not run these rules
    #[arg(long, help_heading = "Rules", value_name = "RULE,…", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Report nothing milder than LEVEL (error, warning, info), or give rules another severity or `off`
    #[arg(long, help_heading = "Rules", value_name = "LEVEL|RULE=LEVEL", value_delimiter = ',')]
    pub severity: Vec<String>,
    /// Report only what these would object to
    #[arg(
        long,
        help_heading = "Rules",
        value_name = "WHO,…",
        value_enum,
        value_delimiter = ',',
        hide_short_help = true
    )]
    pub authority: Vec<AuthorityName>,
    /// Where further YAML holds pod templates: keys with dots between them, `*` for any key
    #[arg(long, help_heading = "Files", value_name = "KEYS", value_delimiter = ',', hide_short_help = true)]
    pub selector: Vec<String>,
    /// Enforce the `ValidatingAdmissionPolicy` manifests in this file or folder
    #[arg(long, help_heading = "Rules", value_name = "FILE|DIR", hide_short_help = true)]
    pub policy: Vec<PathBuf>,
    /// Parameters for policies, or the `Namespace` that the pods go to
    #[arg(long, help_heading = "Rules", value_name = "FILE", hide_short_help = true)]
    pub policy_param: Vec<PathBuf>,
    #[command(flatten)]
    pub cluster: ClusterArguments,
    #[command(flatten)]
    pub versions: VersionArguments,
    #[command(flatten)]
    pub backend: BackendArguments,
    /// The mildest finding that makes the exit code 1 [default: warning]
    #[arg(long, help_heading = "Report", value_name = "LEVEL", value_enum)]
    pub fail_on: Option<FailOn>,
    /// Exit with 0 although there are findings; what cannot be done still exits with 2
    #[arg(long, help_heading = "Report", conflicts_with = "fail_on", hide_short_help = true)]
    pub exit_zero: bool,
    /// Leave out files that are named but excluded by the configuration, as pre-commit names them
    #[arg(long, help_heading = "Files", hide_short_help = true)]
    pub force_exclude: bool,
    /// Let comments and annotations silence nothing
    #[arg(long, help_heading = "Fixes and suppressions", hide_short_help = true)]
    pub no_ignores: bool,
    /// Let the findings in FILE pass: only new ones fail
    #[arg(long, help_heading = "Fixes and suppressions", value_name = "FILE", hide_short_help = true)]
    pub baseline: Option<PathBuf>,
    /// Write all findings to FILE, for --baseline in later runs
    #[arg(
        long,
        help_heading = "Fixes and suppressions",
        value_name = "FILE",
        conflicts_with = "baseline",
        hide_short_help = true
    )]
    pub write_baseline: Option<PathBuf>,
    /// Apply safe fixes
    #[arg(long, help_heading = "Fixes and suppressions")]
    pub fix: bool,
    /// Apply all fixes, also those that may change what was meant
    #[arg(long, help_heading = "Fixes and suppressions", hide_short_help = true)]
    pub unsafe_fixes: bool,
    /// Write `# podlint: ignore[…]` comments for all findings into the files
    #[arg(long, help_heading = "Fixes and suppressions", conflicts_with_all = ["fix", "unsafe_fixes", "no_ignores", "write_baseline"], hide_short_help = true)]
    pub add_ignores: bool,
    /// What the comments of --add-ignores say behind the rules
    #[arg(long, help_heading = "Fixes and suppressions", value_name = "TEXT", requires = "add_ignores", value_parser = super::ignores::one_reason, hide_short_help = true)]
    pub reason: Option<String>,
    /// Show what --fix, --unsafe-fixes or --add-ignores would change, and change nothing
    #[arg(long, help_heading = "Fixes and suppressions")]
    pub diff: bool,
    /// Count the findings of each rule
    #[arg(long, help_heading = "Report", hide_short_help = true)]
    pub statistics: bool,
    /// Leave the summary out
    #[arg(help_heading = "Report", long, short, hide_short_help = true)]
    pub quiet: bool,
    /// Say of each file whether it is checked, and why not
    #[arg(help_heading = "Report", long, short, hide_short_help = true)]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, help_heading = "Report", value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto, hide_short_help = true)]
    pub color: ColorChoice,
    /// How many files to check at a time [default: one a core]
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub threads: Option<usize>,
}

impl CheckArguments {
    /// Whether files are to be changed, or changes of them shown.
    #[must_use]
    pub const fn changes_texts(&self) -> bool {
        self.fix || self.unsafe_fixes || self.diff || self.add_ignores
    }
}

/// Which versions the cluster and the project have.
#[derive(Args, Debug, Default)]
pub struct VersionArguments {
    /// The Kubernetes version of the cluster, such as 1.34 [default: the newest known]
    #[arg(long, help_heading = "Cluster and packages", value_name = "VERSION", value_parser = kubernetes_version, hide_short_help = true)]
    pub kubernetes_version: Option<KubernetesVersion>,
    /// The version of the `kubernetes` package, such as 36 [default: from lock files and requirements]
    #[arg(long, help_heading = "Cluster and packages", value_name = "VERSION", hide_short_help = true)]
    pub kubernetes_client: Option<String>,
    /// The version of the package `flyte` (2.x) or `flytekit` (1.x) [default: from lock files and requirements]
    #[arg(long, help_heading = "Cluster and packages", value_name = "VERSION", hide_short_help = true)]
    pub flyte_version: Option<String>,
    /// The version of Python that the project runs on, such as 3.12 [default: from `requires-python`]
    #[arg(long, help_heading = "Cluster and packages", value_name = "VERSION", hide_short_help = true)]
    pub python_version: Option<String>,
}

/// Flyte's backend in the cluster.
#[derive(Args, Debug, Default)]
pub struct BackendArguments {
    /// Lay the pods over this `kind: PodTemplate` manifest, as Flyte's backend does [default: `render.base` of the configuration]
    #[arg(long, help_heading = "Cluster and packages", value_name = "MANIFEST", hide_short_help = true)]
    pub base: Option<PathBuf>,
    /// Make pods by the settings in Flyte's configuration or Helm values [default: `flyte-config` of the configuration]
    #[arg(long, help_heading = "Cluster and packages", value_name = "FILE", hide_short_help = true)]
    pub flyte_config: Option<PathBuf>,
    /// The cluster's definition of `SparkApplication` has pod templates [default: `render.spark-pod-templates` of the configuration]
    #[arg(long, help_heading = "Cluster and packages", hide_short_help = true)]
    pub spark_pod_templates: bool,
    /// The version of Flyte's backend, such as 2.0.43 [default: the one that podlint was held to]
    #[arg(long, help_heading = "Cluster and packages", value_name = "VERSION", hide_short_help = true)]
    pub flyte_backend: Option<String>,
}

/// The cluster that pods go to.
#[derive(Args, Debug, Default)]
pub struct ClusterArguments {
    /// Judge pods by this cluster: a snapshot, or lists of `kubectl get -o json`; may be given several times
    #[arg(long, help_heading = "Cluster and packages", value_name = "FILE", hide_short_help = true)]
    pub cluster: Vec<PathBuf>,
    /// The files of --cluster leave out no node and no object of the kinds that they hold
    #[arg(long, help_heading = "Cluster and packages", hide_short_help = true)]
    pub cluster_complete: bool,
    /// Judge by this environment of the configuration only
    #[arg(
        long,
        help_heading = "Cluster and packages",
        value_name = "NAME",
        conflicts_with = "cluster",
        hide_short_help = true
    )]
    pub environment: Option<String>,
}

/// Where the configuration comes from.
#[derive(Args, Debug, Default)]
pub struct ConfigurationArguments {
    /// Use this configuration file for everything, not the nearest one [env: PODLINT_CONFIG]; or set one key over the configuration
    #[arg(long, help_heading = "Configuration", value_name = "FILE|KEY = VALUE")]
    pub config: Vec<String>,
    /// Use no configuration file
    #[arg(long, help_heading = "Configuration", hide_short_help = true)]
    pub isolated: bool,
}

#[derive(Subcommand, Debug)]
pub enum ClusterCommand {
    /// Reduce lists of `kubectl get -o json` to a snapshot, without values of secrets, annotations and users
    #[command(after_help = "Examples:
  kubectl get nodes,limitranges,resourcequotas -A -o json | podlint cluster snapshot -o clusters/prod.toml
  podlint cluster snapshot --kubectl --context prod -o clusters/prod.toml")]
    Snapshot(SnapshotArguments),
    /// Print what snapshots or lists hold as tables
    Show(ShowClusterArguments),
}

#[derive(Args, Debug)]
pub struct SnapshotArguments {
    /// The output of `kubectl get … -o json`, or snapshots [default: standard input]
    pub files: Vec<PathBuf>,
    /// Ask the cluster by calling `kubectl`
    #[arg(long, conflicts_with = "files")]
    pub kubectl: bool,
    /// The context that `kubectl` uses
    #[arg(long, value_name = "NAME", requires = "kubectl")]
    pub context: Option<String>,
    /// Write to this file [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct ShowClusterArguments {
    /// Snapshots, or the output of `kubectl get … -o json` [default: standard input]
    pub files: Vec<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub enum ConfigCommand {
    /// Say what holds for a file, and where each value comes from
    Show(ShowArguments),
    /// Print the JSON Schema of the configuration
    Schema,
}

#[derive(Args, Debug)]
pub struct ShowArguments {
    /// The file or folder
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// How to write it
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    #[command(flatten)]
    pub source: ConfigurationArguments,
}

#[derive(Args, Debug)]
pub struct RenderArguments {
    /// A file, or the template, task or environment of that name in it
    #[arg(default_value = ".", value_name = "FILE[:NAME]")]
    pub target: PathBuf,
    /// How to write the pods
    #[arg(long, value_enum, default_value_t = RenderFormat::Yaml)]
    pub format: RenderFormat,
    #[command(flatten)]
    pub backend: BackendArguments,
    /// Show the pods of a run that may be interrupted
    #[arg(long)]
    pub interruptible: bool,
    #[command(flatten)]
    pub cluster: ClusterArguments,
    #[command(flatten)]
    pub versions: VersionArguments,
    #[command(flatten)]
    pub source: ConfigurationArguments,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderFormat {
    /// With comments on who set what
    Yaml,
    /// For programs
    Json,
}

#[cfg(feature = "pin")]
#[derive(Args, Debug)]
pub struct PinArguments {
    /// Files and directories
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Pin the images of all containers, also the primary ones
    #[arg(long)]
    pub all: bool,
    /// Look up again what is pinned already
    #[arg(long)]
    pub update: bool,
    /// Change nothing; say which tags moved since they were pinned, and which are not pinned
    #[arg(long, conflicts_with_all = ["diff", "update"])]
    pub check: bool,
    /// Change nothing; show what would be changed
    #[arg(long)]
    pub diff: bool,
    /// Write the digests to this file instead of the templates
    #[arg(long, value_name = "FILE")]
    pub lock: Option<PathBuf>,
    /// A registry that has no TLS, as it is written in images (those on this machine need no permission)
    #[arg(long, value_name = "HOST[:PORT]", value_delimiter = ',')]
    pub insecure_registry: Vec<String>,
    /// Certificates (PEM) of the authorities to trust instead of the usual ones
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Seconds for one request
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub timeout: u64,
    #[command(flatten)]
    pub source: ConfigurationArguments,
}

#[derive(Args, Debug)]
pub struct ExplainArguments {
    /// The rule's name, as findings show it in brackets [default: list all rules]
    pub rule: Option<String>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

#[derive(Args, Debug)]
pub struct ServerArguments {
    /// Accepted for clients that say how they speak; there is no other way
    #[arg(long, hide = true)]
    pub stdio: bool,
    /// The client's process, as vscode-languageclient passes it; `initialize` says it again
    #[arg(long = "clientProcessId", value_name = "PID", hide = true)]
    pub client_process: Option<u32>,
}

#[derive(Args, Debug)]
pub struct RulesArguments {
    /// How to write it
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

#[derive(Args, Debug)]
pub struct CompletionsArguments {
    /// The shell
    pub shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
pub struct ManArguments {
    /// Write a page for each command into this folder, which is made where it is missing
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatName {
    /// With source lines, for people
    Full,
    /// One line a finding
    Concise,
    /// For programs: one document, its form documented and versioned
    Json,
    /// The same, one finding a line
    JsonLines,
    /// For GitHub's code scanning and other SARIF readers
    Sarif,
    /// Annotations in GitHub's workflows
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// Test results for build servers
    Junit,
    /// Issues in Azure Pipelines
    Azure,
    /// For reviewdog
    Rdjson,
    /// A table, for summaries of jobs and comments
    Markdown,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    Text,
    Json,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorityName {
    /// The Kubernetes API server
    Kubernetes,
    /// The kubelet of the node
    Kubelet,
    /// Flyte's SDK or backend
    Flyte,
    /// The Kubernetes Python client
    Client,
    /// Python itself
    Python,
    /// The cluster that is described with --cluster
    Cluster,
    /// Nobody; experience does
    Practice,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Full => Self::Full,
            FormatName::Concise => Self::Concise,
            FormatName::Json => Self::Json,
            FormatName::JsonLines => Self::JsonLines,
            FormatName::Sarif => Self::Sarif,
            FormatName::Github => Self::Github,
            FormatName::Gitlab => Self::Gitlab,
            FormatName::Junit => Self::Junit,
            FormatName::Azure => Self::Azure,
            FormatName::Rdjson => Self::Rdjson,
            FormatName::Markdown => Self::Markdown,
        }
    }
}

impl From<AuthorityName> for Authority {
    fn from(name: AuthorityName) -> Self {
        match name {
            AuthorityName::Kubernetes => Self::Kubernetes,
            AuthorityName::Kubelet => Self::Kubelet,
            AuthorityName::Flyte => Self::Flyte,
            AuthorityName::Client => Self::Client,
            AuthorityName::Python => Self::Python,
            AuthorityName::Cluster => Self::Cluster,
            AuthorityName::Practice => Self::Practice,
        }
    }
}

impl FailOn {
    /// The one by its word in the configuration.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "error" => Some(Self::Error),
            "warning" => Some(Self::Warning),
            "info" => Some(Self::Info),
            "never" => Some(Self::Never),
            _ => None,
        }
    }

    /// The mildest severity that fails, if any does.
    pub const fn threshold(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

/// Reads `1.34` as 34.
fn kubernetes_version(text: &str) -> Result<KubernetesVersion, String> {
    let known = crate::config::KUBERNETES_VERSIONS;
    KubernetesVersion::parse(text)
        .ok_or_else(|| format!("the versions 1.{} to 1.{} are known", known.start(), known.end()))
}

/// Reads `sarif=report.sarif`.
fn output(text: &str) -> Result<(FormatName, PathBuf), String> {
    let (name, file) = text.split_once('=').ok_or("a format and a file are wanted, such as `sarif=podlint.sarif`")?;
    let format = FormatName::from_str(name, false).map_err(|_| {
        let known: Vec<String> = FormatName::value_variants()
            .iter()
            .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
            .collect();
        format!("there is no format `{name}`; there are {}", known.join(", "))
    })?;
    if file.is_empty() || file == "-" {
        return Err("a file is wanted; for standard output there is --format".to_owned());
    }
    Ok((format, PathBuf::from(file)))
}
