-- title: Paywalls
-- group: what is kept, and how well
-- description: How much of each site's stories could be read, and what the pages declare.
-- param site: Name of a site
select site, access_observed as seen, case is_accessible_for_free when 1 then 'free' when 0 then 'not free' else 'unsaid' end as declared,
    count(*) as stories, round(avg(word_count)) as words
from articles
where :site = '' or site = :site
group by site, seen, declared
order by stories desc
