import type { RiskTier } from '../../shared/index.ts';

/** What is known of one well-known server: its tools by tier, and what flows through them. */
interface KnownServer {
  /** How we call it in reasons. */
  name: string;
  /** Whole words of its serverInfo name, package or program. */
  match: RegExp;
  tools: Readonly<Partial<Record<RiskTier, string>>>;
  /** Every tool not named. */
  others?: RiskTier;
  /** Reading with it yields the user's own data. */
  isPrivate?: boolean;
  /** Reading with it yields text that strangers may have written. */
  isForeign?: boolean;
  /** Tools that carry data out though they are not of a higher tier. */
  outward?: string;
}

/** Well-known servers. Names are those of the servers' own documentation; a list, not a proof. */
const knownServers: readonly KnownServer[] = [
  {
    name: 'Filesystem',
    match: /\b(server-filesystem|secure-filesystem-server|mcp-server-filesystem)\b/,
    tools: {
      read: 'read_file read_text_file read_media_file read_multiple_files list_directory list_directory_with_sizes directory_tree search_files get_file_info list_allowed_directories',
      write: 'write_file edit_file create_directory move_file',
    },
    isPrivate: true,
  },
  {
    name: 'Memory',
    match: /\b(server-memory|memory-server)\b/,
    tools: {
      read: 'read_graph search_nodes open_nodes',
      write: 'create_entities create_relations add_observations',
      destructive: 'delete_entities delete_observations delete_relations',
    },
    isPrivate: true,
  },
  {
    name: 'Git',
    match: /\b(mcp-server-git|mcp-git)\b/,
    tools: {
      read: 'git_status git_diff git_diff_unstaged git_diff_staged git_log git_show git_branch',
      write: 'git_commit git_add git_create_branch git_checkout git_init',
      destructive: 'git_reset',
      publish: 'git_push',
    },
    isPrivate: true,
  },
  {
    name: 'Fetch',
    match: /\b(mcp-server-fetch|mcp-fetch|server-fetch)\b/,
    tools: { read: 'fetch' },
    isForeign: true,
    outward: 'fetch',
  },
  {
    name: 'GitHub',
    match: /\b(github-mcp-server|server-github|api\.githubcopilot\.com)\b/,
    tools: {
      read: 'get_file_contents get_commit get_tag get_latest_release get_release_by_tag get_me get_label get_job_logs get_dependabot_alert get_code_scanning_alert search_code search_repositories search_issues search_pull_requests search_users search_orgs list_issues list_pull_requests list_commits list_branches list_tags list_releases list_label list_notifications list_dependabot_alerts list_code_scanning_alerts issue_read pull_request_read actions_get actions_list projects_get projects_list',
      write:
        'fork_repository create_branch create_repository update_issue update_pull_request_branch assign_copilot_to_issue sub_issue_write label_write projects_write add_project_item update_project_item cancel_workflow_run rerun_workflow_run rerun_failed_jobs dismiss_notification mark_all_notifications_read manage_notification_subscription manage_repository_notification_subscription star_repository unstar_repository',
      publish:
        'create_issue issue_write add_issue_comment create_pull_request update_pull_request merge_pull_request push_files create_or_update_file create_pull_request_review pull_request_review_write add_comment_to_pending_review request_copilot_review create_pull_request_with_copilot create_gist update_gist run_workflow',
      destructive:
        'delete_file delete_project_item delete_workflow_run_logs delete_pending_pull_request_review actions_run_trigger',
      secret: 'list_secret_scanning_alerts get_secret_scanning_alert',
    },
    isPrivate: true,
    isForeign: true,
  },
  {
    name: 'Slack',
    match: /\b(server-slack|slack-mcp-server|mcp\.slack\.com)\b/,
    tools: {
      read: 'slack_list_channels slack_get_channel_history slack_get_thread_replies slack_get_users slack_get_user_profile conversations_history conversations_replies channels_list',
      publish:
        'slack_post_message slack_send_message slack_schedule_message slack_reply_to_thread slack_add_reaction conversations_add_message',
    },
    isPrivate: true,
    isForeign: true,
  },
  {
    name: 'PostgreSQL',
    match: /\b(server-postgres|postgres-mcp|mcp-postgres)\b/,
    tools: {
      read: 'list_schemas list_objects get_object_details get_top_queries analyze_workload_indexes analyze_query_indexes analyze_db_health',
      // explaining with `analyze` runs the statement
      write: 'query explain_query',
      secret: 'execute_sql',
    },
    isPrivate: true,
  },
  {
    name: 'Playwright',
    match: /\b(playwright)\b/,
    tools: {
      read: 'browser_snapshot browser_take_screenshot browser_console_messages browser_network_requests browser_wait_for browser_tabs browser_tab_list browser_tab_select browser_tab_close browser_close browser_resize browser_generate_locator browser_verify_element_visible browser_verify_text_visible browser_verify_list_visible browser_verify_value',
      write:
        'browser_navigate browser_navigate_back browser_navigate_forward browser_tab_new browser_hover browser_handle_dialog browser_install browser_pdf_save browser_mouse_move_xy browser_mouse_wheel',
      publish:
        'browser_click browser_type browser_fill_form browser_select_option browser_press_key browser_drag browser_file_upload browser_mouse_click_xy browser_mouse_drag_xy browser_mouse_down browser_mouse_up',
      secret: 'browser_evaluate browser_run_code',
    },
    isForeign: true,
    outward: 'browser_navigate browser_tab_new',
  },
  {
    name: 'Puppeteer',
    match: /\b(server-puppeteer|puppeteer-mcp-server)\b/,
    tools: {
      read: 'puppeteer_screenshot',
      write: 'puppeteer_navigate puppeteer_hover',
      publish: 'puppeteer_click puppeteer_fill puppeteer_select',
      secret: 'puppeteer_evaluate',
    },
    isForeign: true,
    outward: 'puppeteer_navigate',
  },
  {
    name: 'Notion',
    match: /\b(notion-mcp-server|mcp\.notion\.com|notion-mcp)\b/,
    tools: {
      read: 'API-post-search API-retrieve-a-page API-get-block-children API-retrieve-a-block API-retrieve-a-database API-retrieve-a-data-source API-retrieve-a-page-property API-retrieve-a-comment API-retrieve-page-markdown API-post-database-query API-query-data-source API-get-user API-get-users API-get-self notion-search notion-fetch',
      write:
        'API-post-page API-patch-page API-patch-block-children API-update-a-block API-create-a-database API-update-a-database API-create-a-data-source API-update-page-markdown notion-create-pages notion-update-page notion-move-pages notion-duplicate-page notion-create-database',
      publish: 'API-create-a-comment notion-create-comment',
      destructive: 'API-delete-a-block',
    },
    isPrivate: true,
  },
  {
    name: 'Linear',
    match: /\b(mcp\.linear\.app|linear-mcp|mcp-linear)\b/,
    tools: {
      write: 'create_issue update_issue create_project update_project create_issue_label',
      publish: 'create_comment',
    },
    isPrivate: true,
    isForeign: true,
  },
  {
    name: 'Sentry',
    match: /\b(mcp\.sentry\.dev|sentry-mcp|mcp-server-sentry)\b/,
    tools: {
      read: 'whoami find_organizations find_projects search_issues search_events get_issue_details analyze_issue_with_seer',
      write: 'update_issue create_project create_team update_project',
      secret: 'create_dsn find_dsns',
    },
    isForeign: true,
  },
  {
    name: 'Stripe',
    match: /\b(mcp\.stripe\.com|stripe-mcp|stripe\/mcp|mcp-stripe)\b/,
    tools: {
      read: 'retrieve_balance list_customers list_products list_prices list_invoices list_payment_intents list_subscriptions list_disputes search_documentation',
      write:
        'create_customer create_product create_price create_coupon create_invoice create_invoice_item update_dispute',
      publish: 'create_payment_link finalize_invoice create_refund update_subscription',
      destructive: 'cancel_subscription',
    },
    isPrivate: true,
  },
  {
    name: 'AWS',
    match: /\b(aws-api-mcp-server|awslabs|aws-mcp)\b/,
    tools: {
      read: 'suggest_aws_commands search_documentation read_documentation recommend',
      secret: 'call_aws run_script',
    },
    isPrivate: true,
  },
  {
    name: 'Kubernetes',
    match: /\b(kubernetes-mcp-server|mcp-server-kubernetes|kubectl-mcp-server)\b/,
    tools: {
      read: 'kubectl_get kubectl_describe kubectl_logs kubectl_context explain_resource list_api_resources pods_list pods_get pods_log namespaces_list events_list resources_list resources_get',
      write:
        'kubectl_create kubectl_scale kubectl_rollout install_helm_chart upgrade_helm_chart port_forward stop_port_forward resources_create_or_update',
      destructive:
        'kubectl_apply kubectl_patch kubectl_delete uninstall_helm_chart node_management cleanup pods_delete resources_delete',
      secret: 'kubectl_generic exec_in_pod pods_exec pods_run configuration_view',
    },
    isPrivate: true,
  },
  {
    name: 'Docker',
    match: /\b(mcp-server-docker|docker-mcp|docker-mcp-server)\b/,
    tools: {
      read: 'list_containers fetch_container_logs list_images list_networks list_volumes',
      write: 'start_container stop_container pull_image create_network create_volume',
      publish: 'push_image',
      destructive: 'remove_container remove_image remove_network remove_volume recreate_container',
      secret: 'create_container run_container build_image docker',
    },
  },
  {
    name: 'Gmail',
    match: /\b(gmail|server-gmail-autoauth-mcp|mcp-gmail)\b/,
    tools: {
      read: 'read_email search_emails list_email_labels list_filters get_filter get_thread search_threads',
      write: 'draft_email create_draft modify_email batch_modify_emails create_label update_label download_attachment',
      publish: 'send_email send_message reply_to_email',
      destructive: 'delete_email batch_delete_emails delete_label delete_filter',
      secret: 'create_filter create_filter_from_template',
    },
    isPrivate: true,
    isForeign: true,
  },
  {
    name: 'Google Drive',
    match: /\b(server-gdrive|google-drive-mcp|gdrive)\b/,
    tools: { read: 'gdrive_search gdrive_read_file search read_file_content list_recent_files', publish: 'share_file' },
    isPrivate: true,
  },
  {
    name: 'Desktop Commander',
    match: /\b(desktop-commander|desktopcommandermcp)\b/,
    tools: {
      read: 'read_file read_multiple_files list_directory search_files search_code start_search get_more_search_results get_file_info list_processes list_sessions read_process_output read_output get_config',
      write: 'write_file edit_block create_directory move_file',
      destructive: 'kill_process force_terminate',
      secret: 'execute_command start_process interact_with_process set_config_value',
    },
    isPrivate: true,
  },
  {
    name: 'Shell',
    match: /\b(mcp-server-shell|shell-mcp|mcp-shell|mcp-server-commands|terminal-mcp|ssh-mcp)\b/,
    tools: {},
    others: 'secret',
    isPrivate: true,
  },
];

export interface Curated {
  name: string;
  tier: RiskTier | null;
  isPrivate: boolean;
  isForeign: boolean;
  isOutward: boolean;
}

const tiers = ['secret', 'destructive', 'publish', 'write', 'read'] as const;

/** What our list says of a tool, given the names its server goes by; null for servers that are not on it. */
export function findCurated(identities: readonly string[], tool: string): Curated | null {
  const known = knownServers.find((server) => identities.some((identity) => server.match.test(identity.toLowerCase())));
  if (!known) return null;
  const tier = tiers.find((one) => known.tools[one]?.split(' ').includes(tool)) ?? known.others ?? null;
  return {
    name: known.name,
    tier,
    isPrivate: known.isPrivate === true,
    isForeign: known.isForeign === true,
    isOutward: known.outward?.split(' ').includes(tool) === true,
  };
}
