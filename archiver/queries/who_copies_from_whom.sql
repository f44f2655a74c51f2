-- title: Who prints the texts of whom
-- group: copies
-- description: How many texts a site printed that another had before, agency copy included: with most of it the agency stands behind both.
-- description: Earlier means the time that the sites themselves give.
-- param site: Name of a site, on either side
select a.site, f.site as earlier_at, count(*) as texts, sum(c.agency is not null) as with_an_agency_named, sum(m.same_text) as word_for_word,
    round(100 * avg(m.first_contained)) as percent_kept, max(a.date_published_utc) as newest
from copies m
join copy_clusters c on c.id = m.cluster_id
join articles a on a.id = m.article_id
join articles f on f.id = c.first_id
where not m.is_first and a.site <> f.site and (:site = '' or :site in (a.site, f.site))
group by 1, 2
order by texts desc
limit 500
