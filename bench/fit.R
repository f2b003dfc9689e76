# One fit by rstanarm or brms: Rscript fit.R METHOD FILE prints JSON. Priors as in config/default.yaml; rstanarm has no
# half-normal prior for a standard deviation and takes an exponential one of about the same mean.
arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(arguments[2])
data$unit <- factor(data$unit)
terms <- paste(grep("^x[0-9]+$", names(data), value = TRUE), collapse = " + ")
options(mc.cores = 2)
began <- proc.time()[["elapsed"]]
compiling <- 0
if (arguments[1] == "rstanarm") {
  suppressMessages(library(rstanarm))
  began <- proc.time()[["elapsed"]]
  fit <- stan_glmer(as.formula(paste("events ~", terms, "+ (1 | unit)")), data, family = binomial,
    prior_intercept = normal(-2.8, 1), prior = normal(0, 0.5), prior_covariance = decov(1, 1, 1, 0.56),
    chains = 4, iter = 2000, refresh = 0, seed = 1)
  seconds <- proc.time()[["elapsed"]] - began
  draws <- as.array(fit)
} else {
  suppressMessages(library(brms))
  if (!nzchar(system.file("include", package = "BH"))) rstan::rstan_options(boost_lib = "/usr/include")
  began <- proc.time()[["elapsed"]]
  formula <- bf(as.formula(paste("events ~", terms, "+ (1 | unit)")))
  prior <- c(set_prior("normal(0, 0.5)", class = "b"), set_prior("normal(-2.8, 1)", class = "Intercept"),
    set_prior("normal(0, 0.7)", class = "sd"))
  empty <- brm(formula, data, family = bernoulli(), prior = prior, chains = 0, silent = 2, refresh = 0)
  compiling <- proc.time()[["elapsed"]] - began
  fit <- update(empty, chains = 4, iter = 2000, seed = 1, refresh = 0, silent = 2, recompile = FALSE)
  seconds <- proc.time()[["elapsed"]] - began
  draws <- posterior::as_draws_array(fit)
}
draws <- posterior::as_draws_array(draws)
names <- setdiff(posterior::variables(draws), c("lp__", "lprior", "log-posterior", "mean_PPD"))
effective <- min(sapply(names, function(name) posterior::ess_bulk(posterior::extract_variable_matrix(draws, name))))
peak <- sub("VmHWM:\\s*([0-9]+) kB", "\\1", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))
cat(sprintf('{"seconds": %f, "compiling": %f, "effective": %f, "cores": 2, "peak_mb": %f}\n', seconds, compiling,
  effective, as.numeric(peak) / 1024))
